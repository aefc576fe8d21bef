using System.Runtime.CompilerServices;

namespace Roost.Crdt;

/// <summary>lib0's "any": a tag byte (127 minus the kind), then the value.</summary>
internal static class AnyCodec
{
    public const int MaxDepth = 64;

    private const byte Undefined = 127, Null = 126, Integer = 125, Float32 = 124, Float64 = 123, BigInt = 122,
        False = 121, True = 120, String = 119, Object = 118, Array = 117, Binary = 116;

    /// <exception cref="ArgumentException">The value holds a shared type or a document.</exception>
    public static void Write(ByteWriter output, in YValue value)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value.Kind)
        {
            case YValueKind.Undefined: output.WriteByte(Undefined); break;
            case YValueKind.Null: output.WriteByte(Null); break;
            case YValueKind.Bool: output.WriteByte(value.AsBool ? True : False); break;
            case YValueKind.Number: WriteNumber(output, value.AsNumber); break;
            case YValueKind.BigInt:
                output.WriteByte(BigInt);
                output.WriteInt64(value.AsBigInt);
                break;
            case YValueKind.String:
                output.WriteByte(String);
                output.WriteVarString(value.AsString);
                break;
            case YValueKind.Object:
                WriteObject(output, value.AsObject);
                break;
            case YValueKind.Array:
                output.WriteByte(Array);
                output.WriteVarUint((uint)value.AsArray.Length);
                foreach (var item in value.AsArray)
                {
                    Write(output, item);
                }

                break;
            case YValueKind.Binary:
                output.WriteByte(Binary);
                output.WriteVarBytes(value.AsBinary);
                break;
            default:
                throw new ArgumentException("A shared type or document cannot stand inside a plain value.");
        }
    }

    public static YValue Read(ref ByteReader input, int depth = 0)
    {
        if (depth > MaxDepth)
        {
            input.Fail(UpdateFault.TooDeep, $"A value is nested more than {MaxDepth} deep.");
        }

        var tag = input.ReadByte();
        switch (tag)
        {
            case Undefined: return YValue.Undefined;
            case Null: return YValue.Null;
            case Integer:
                var magnitude = (double)input.ReadVarInt(out var negative);
                return negative ? -magnitude : magnitude;
            case Float32: return (double)input.ReadSingle();
            case Float64: return input.ReadDouble();
            case BigInt: return YValue.FromBigInt(input.ReadInt64());
            case False: return false;
            case True: return true;
            case String: return input.ReadVarString();
            case Object: return ReadObject(ref input, depth);
            case Array: return ReadArray(ref input, depth);
            case Binary: return input.ReadVarBytes().ToArray();
            default: throw input.Fault(UpdateFault.UnknownValue, $"There is no value of kind {tag}.");
        }
    }

    /// <summary>Integers of up to 31 bits as such, then the shortest float that holds the number.</summary>
    private static void WriteNumber(ByteWriter output, double value)
    {
        if (Math.Abs(value) <= int.MaxValue && Math.Floor(value) == value)
        {
            output.WriteByte(Integer);
            output.WriteVarInt((ulong)Math.Abs(value), double.IsNegative(value));
        }
        else if ((float)value == value)
        {
            output.WriteByte(Float32);
            output.WriteSingle((float)value);
        }
        else
        {
            output.WriteByte(Float64);
            output.WriteDouble(double.IsNaN(value) ? ScriptNaN : value);
        }
    }

    // JavaScript writes the quiet NaN with a clear sign; .NET's own has it set.
    private static readonly double ScriptNaN = BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_0000);

    private static void WriteObject(ByteWriter output, YObject value)
    {
        output.WriteByte(Object);
        output.WriteVarUint((uint)value.Count);
        foreach (var (key, member) in value.InScriptOrder())
        {
            output.WriteVarString(key);
            Write(output, member);
        }
    }

    private static YObject ReadObject(ref ByteReader input, int depth)
    {
        var count = input.ReadCount(atLeast: 2);
        var result = new YObject();
        for (var i = 0; i < count; i++)
        {
            var key = input.ReadVarString();
            result[key] = Read(ref input, depth + 1);
        }

        return result;
    }

    private static YValue[] ReadArray(ref ByteReader input, int depth)
    {
        var items = new List<YValue>();
        for (var left = input.ReadCount(atLeast: 1); left > 0; left--)
        {
            items.Add(Read(ref input, depth + 1));
        }

        return [.. items];
    }
}
