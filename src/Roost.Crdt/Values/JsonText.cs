using System.Runtime.CompilerServices;
using System.Text;

namespace Roost.Crdt;

/// <summary>JSON as <c>JSON.stringify</c> writes it, byte for byte: order of keys, escapes, numbers.</summary>
internal static class JsonText
{
    public static string Write(in YValue value)
    {
        var output = new StringBuilder();
        Append(output, value);
        return output.ToString();
    }

    /// <summary>False for undefined itself and for big integers anywhere inside.</summary>
    public static bool CanHold(in YValue value) => !value.IsUndefined && HoldsNoBigInt(value);

    private static bool HoldsNoBigInt(YValue value) => value.Kind switch
    {
        YValueKind.BigInt => false,
        YValueKind.Object => value.AsObject.Values.All(HoldsNoBigInt),
        YValueKind.Array => Array.TrueForAll(value.AsArray, HoldsNoBigInt),
        _ => true,
    };

    public static void Append(StringBuilder output, in YValue value)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value.Kind)
        {
            case YValueKind.Bool:
                output.Append(value.AsBool ? "true" : "false");
                break;
            case YValueKind.Number when double.IsFinite(value.AsNumber):
                ScriptNumber.Write(output, value.AsNumber);
                break;
            case YValueKind.BigInt:
                throw new InvalidOperationException("JSON cannot hold a big integer.");
            case YValueKind.String:
                AppendString(output, value.AsString);
                break;
            case YValueKind.Object:
                AppendObject(output, value.AsObject.InScriptOrder());
                break;
            case YValueKind.Array:
                AppendArray(output, value.AsArray);
                break;
            case YValueKind.Binary:
                AppendObject(output, value.AsBinary.Select((item, i) => KeyValuePair.Create(i.ToString(), (YValue)(int)item)));
                break;
            case YValueKind.Type:
                Append(output, value.As<YType>().ToJsonValue());
                break;
            case YValueKind.Doc:
                output.Append("{}");
                break;
            default:
                output.Append("null");
                break;
        }
    }

    public static void AppendString(StringBuilder output, ReadOnlySpan<char> text)
    {
        output.Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c >= ' ' && c != '"' && c != '\\' && !char.IsSurrogate(c))
            {
                output.Append(c);
            }
            else if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                output.Append(c).Append(text[++i]);
            }
            else
            {
                AppendEscape(output, c);
            }
        }

        output.Append('"');
    }

    private static void AppendEscape(StringBuilder output, char c)
    {
        switch (c)
        {
            case '"': output.Append("\\\""); break;
            case '\\': output.Append("\\\\"); break;
            case '\b': output.Append("\\b"); break;
            case '\f': output.Append("\\f"); break;
            case '\n': output.Append("\\n"); break;
            case '\r': output.Append("\\r"); break;
            case '\t': output.Append("\\t"); break;
            default: output.Append("\\u").Append(((int)c).ToString("x4")); break;
        }
    }

    private static void AppendObject(StringBuilder output, IEnumerable<KeyValuePair<string, YValue>> members)
    {
        output.Append('{');
        var first = true;
        foreach (var (key, member) in members)
        {
            if (member.IsUndefined)
            {
                continue;
            }

            if (!first)
            {
                output.Append(',');
            }

            first = false;
            AppendString(output, key);
            output.Append(':');
            Append(output, member);
        }

        output.Append('}');
    }

    private static void AppendArray(StringBuilder output, YValue[] items)
    {
        output.Append('[');
        for (var i = 0; i < items.Length; i++)
        {
            if (i > 0)
            {
                output.Append(',');
            }

            Append(output, items[i]);
        }

        output.Append(']');
    }
}
