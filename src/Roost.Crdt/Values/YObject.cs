using System.Diagnostics.CodeAnalysis;

namespace Roost.Crdt;

/// <summary>A plain object inside a document: names and values in the order in which they were added.</summary>
/// <remarks>
/// Once it is part of a document treat it as immutable: the document keeps the reference.
/// Not thread-safe.
/// </remarks>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "The field's word for it is object.")]
public sealed class YObject : OrderedDictionary<string, YValue>
{
    /// <summary>Creates an empty object.</summary>
    public YObject() { }

    /// <summary>Copies <paramref name="other"/>, keeping its order; values are shared.</summary>
    public YObject(IEnumerable<KeyValuePair<string, YValue>> other) : base(other) { }

    /// <summary>The value named <paramref name="key"/>, or <see cref="YValue.Undefined"/>.</summary>
    public YValue Get(string key) => TryGetValue(key, out var value) ? value : YValue.Undefined;

    /// <summary>
    /// The entries as JavaScript would enumerate them: names that are array indexes first, ascending; then the rest in order of insertion.
    /// </summary>
    internal IEnumerable<KeyValuePair<string, YValue>> InScriptOrder()
    {
        var indexes = 0;
        foreach (var (key, _) in this)
        {
            indexes += IsArrayIndex(key, out _) ? 1 : 0;
        }

        if (indexes == 0)
        {
            return this;
        }

        var first = this.Where(entry => IsArrayIndex(entry.Key, out _)).OrderBy(entry => uint.Parse(entry.Key));
        return first.Concat(this.Where(entry => !IsArrayIndex(entry.Key, out _)));
    }

    /// <summary>True for "0", "7", "4294967294": decimal without leading zeros, below 2³² − 1.</summary>
    private static bool IsArrayIndex(string key, out uint index)
    {
        index = 0;
        return key.Length is > 0 and <= 10 && char.IsAsciiDigit(key[0]) && (key[0] != '0' || key.Length == 1)
            && uint.TryParse(key, System.Globalization.NumberStyles.None, null, out index) && index != uint.MaxValue;
    }
}
