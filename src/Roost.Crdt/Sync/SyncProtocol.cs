namespace Roost.Crdt;

/// <summary>What one message of the sync protocol was.</summary>
public enum SyncMessage
{
    /// <summary>The other's state; the answer is what it lacks.</summary>
    Step1 = 0,

    /// <summary>What we lacked.</summary>
    Step2 = 1,

    /// <summary>A change.</summary>
    Update = 2,
}

/// <summary>The y-protocols sync messages: a number and length-prefixed bytes. Updates are in format V1.</summary>
/// <remarks>Stateless. Networks put a channel number before each message: 0 for sync in y-websocket and y-webrtc.</remarks>
public static class SyncProtocol
{
    /// <summary>Says what this replica knows, to be sent once on connecting.</summary>
    public static byte[] WriteStep1(YDoc doc)
    {
        ArgumentNullException.ThrowIfNull(doc);
        return Write(SyncMessage.Step1, doc.EncodeStateVector());
    }

    /// <summary>Says what somebody with that state lacks.</summary>
    public static byte[] WriteStep2(YDoc doc, ReadOnlySpan<byte> stateVector)
    {
        ArgumentNullException.ThrowIfNull(doc);
        return Write(SyncMessage.Step2, doc.EncodeStateAsUpdate(stateVector));
    }

    /// <summary>Says what changed.</summary>
    public static byte[] WriteUpdate(ReadOnlySpan<byte> update) => Write(SyncMessage.Update, update);

    /// <summary>Reads a message without acting on it.</summary>
    /// <returns>False if it is none; nothing is thrown.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out SyncMessage kind, out ReadOnlySpan<byte> body)
    {
        kind = default;
        body = default;
        try
        {
            var input = new ByteReader(message);
            var number = input.ReadVarUint();
            body = input.ReadVarBytes();
            kind = (SyncMessage)number;
            return number <= 2;
        }
        catch (UpdateFormatException)
        {
            return false;
        }
    }

    /// <summary>Acts on a message.</summary>
    /// <param name="doc">The replica.</param>
    /// <param name="message">From the other.</param>
    /// <param name="reply">What to send back, or null.</param>
    /// <param name="origin">Handed to observers.</param>
    /// <param name="mayWrite">False ignores what would change the document: a reader's connection.</param>
    /// <returns>False if the message is malformed; the document is unchanged then.</returns>
    public static bool TryHandle(YDoc doc, ReadOnlySpan<byte> message, out byte[]? reply, object? origin = null, bool mayWrite = true)
    {
        ArgumentNullException.ThrowIfNull(doc);
        reply = null;
        if (!TryRead(message, out var kind, out var body))
        {
            return false;
        }

        if (kind != SyncMessage.Step1)
        {
            return !mayWrite || doc.TryApplyUpdate(body, out _, v2: false, origin);
        }

        try
        {
            reply = WriteStep2(doc, body);
            return true;
        }
        catch (UpdateFormatException)
        {
            return false;
        }
    }

    private static byte[] Write(SyncMessage kind, ReadOnlySpan<byte> body)
    {
        var output = new ByteWriter();
        output.WriteVarUint((ulong)kind);
        output.WriteVarBytes(body);
        return output.ToArray();
    }
}
