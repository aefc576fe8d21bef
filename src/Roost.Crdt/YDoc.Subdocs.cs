namespace Roost.Crdt;

public sealed partial class YDoc
{
    /// <summary>A sub-document as an update describes it.</summary>
    internal static YDoc FromWire(string guid, YValue options, YDocLimits limits)
    {
        var given = options.Kind == YValueKind.Object ? options.AsObject : [];
        var autoLoad = IsTrue(given.Get("autoLoad"));
        return new YDoc(0, new YDocOptions
        {
            Guid = guid,
            Gc = given.Get("gc").IsUndefined || IsTrue(given.Get("gc")),
            AutoLoad = autoLoad,
            ShouldLoad = autoLoad || IsTrue(given.Get("shouldLoad")),
            Meta = given.Get("meta") is { IsUndefined: false } meta ? meta : YValue.Null,
            Limits = limits,
        })
        {
            WireOptions = options,
        };
    }

    /// <summary>A fresh one with the same name and options, as undo and destroying make it.</summary>
    internal YDoc AnotherLikeThis() => FromWire(Guid, WireOptions, Options.Limits);

    internal void StayUnloaded() => ShouldLoad = false;

    /// <summary>What others will be told of it; only what differs from the defaults.</summary>
    internal void PrepareAsSubdoc()
    {
        if (Holder is not null)
        {
            throw new InvalidOperationException("This document is a sub-document already; make another with the same guid.");
        }

        if (Guid.Length == 0)
        {
            throw new InvalidOperationException("A sub-document needs a guid: give it one in its options.");
        }

        var options = new YObject();
        if (!Options.Gc)
        {
            options["gc"] = false;
        }

        if (Options.AutoLoad)
        {
            options["autoLoad"] = true;
        }

        if (Options.Meta.Kind != YValueKind.Null)
        {
            options["meta"] = Options.Meta;
        }

        WireOptions = options;
    }

    private static bool IsTrue(YValue value) => value.Kind switch
    {
        YValueKind.Bool => value.AsBool,
        YValueKind.Number => value.AsNumber != 0,
        YValueKind.String => value.AsString.Length > 0,
        YValueKind.Undefined or YValueKind.Null => false,
        _ => true,
    };
}
