using System.Text;

namespace Roost.Crdt;

/// <summary>A value as JavaScript joins it to a string.</summary>
internal static class ScriptText
{
    public static string Of(in YValue value)
    {
        switch (value.Kind)
        {
            case YValueKind.Undefined: return "undefined";
            case YValueKind.Null: return "null";
            case YValueKind.Bool: return value.AsBool ? "true" : "false";
            case YValueKind.String: return value.AsString;
            case YValueKind.BigInt: return value.AsBigInt.ToString();
            case YValueKind.Array: return string.Join(',', value.AsArray.Select(item => item.IsNullish ? "" : Of(item)));
            case YValueKind.Binary: return string.Join(',', value.AsBinary);
            case YValueKind.Type: return value.As<YType>().ToString()!;
            case YValueKind.Number when double.IsNaN(value.AsNumber): return "NaN";
            case YValueKind.Number when double.IsInfinity(value.AsNumber): return value.AsNumber > 0 ? "Infinity" : "-Infinity";
            case YValueKind.Number:
                var output = new StringBuilder();
                ScriptNumber.Write(output, value.AsNumber);
                return output.ToString();
            default: return "[object Object]";
        }
    }
}
