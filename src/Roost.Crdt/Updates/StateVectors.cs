namespace Roost.Crdt;

/// <summary>State vectors as bytes: pairs of client and next clock, by descending client.</summary>
public static class StateVectors
{
    /// <summary>Writes a state.</summary>
    public static byte[] Encode(IReadOnlyDictionary<ulong, uint> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var output = new ByteWriter();
        Write(output, state);
        return output.ToArray();
    }

    /// <summary>Reads a state; any order is accepted, the last of equal clients counts.</summary>
    /// <exception cref="UpdateFormatException">The bytes are not a state vector.</exception>
    public static Dictionary<ulong, uint> Decode(ReadOnlySpan<byte> bytes)
    {
        var input = new ByteReader(bytes);
        return Read(ref input);
    }

    internal static void Write(ByteWriter output, IReadOnlyDictionary<ulong, uint> state)
    {
        output.WriteVarUint((uint)state.Count);
        foreach (var (client, clock) in state.OrderByDescending(entry => entry.Key))
        {
            output.WriteVarUint(client);
            output.WriteVarUint(clock);
        }
    }

    internal static Dictionary<ulong, uint> Read(ref ByteReader input)
    {
        var result = new Dictionary<ulong, uint>();
        for (var left = input.ReadCount(atLeast: 2); left > 0; left--)
        {
            var client = input.ReadVarUint();
            result[client] = input.ReadClock();
        }

        return result;
    }
}
