namespace Roost.Crdt;

/// <summary>The fields that nearly every struct has, of an encoder whose type the compiler knows.</summary>
internal interface IStructSink
{
    /// <summary>The encoder itself, for what is rare.</summary>
    UpdateEncoder Whole { get; }

    void WriteInfo(byte info);

    void WriteLeftId(ulong client, uint clock);

    void WriteRightId(ulong client, uint clock);

    void WriteString(ReadOnlySpan<char> text);

    /// <summary>A piece of a client's text.</summary>
    void WriteChars(ClientBlocks client, int start, int length);

    void WriteLength(uint length);
}

/// <summary>Format V1.</summary>
internal readonly struct StreamSink(UpdateEncoderV1 encoder) : IStructSink
{
    public UpdateEncoder Whole => encoder;

    public void WriteInfo(byte info) => encoder.WriteInfo(info);

    public void WriteLeftId(ulong client, uint clock) => encoder.WriteLeftId(client, clock);

    public void WriteRightId(ulong client, uint clock) => encoder.WriteRightId(client, clock);

    public void WriteString(ReadOnlySpan<char> text) => encoder.WriteString(text);

    public void WriteChars(ClientBlocks client, int start, int length) => encoder.WriteString(client.Chars.Slice(start, length));

    public void WriteLength(uint length) => encoder.WriteLength(length);
}

/// <summary>Format V2.</summary>
internal readonly struct ColumnSink(UpdateEncoderV2 encoder) : IStructSink
{
    public UpdateEncoder Whole => encoder;

    public void WriteInfo(byte info) => encoder.WriteInfo(info);

    public void WriteLeftId(ulong client, uint clock) => encoder.WriteLeftId(client, clock);

    public void WriteRightId(ulong client, uint clock) => encoder.WriteRightId(client, clock);

    public void WriteString(ReadOnlySpan<char> text) => encoder.WriteString(text);

    public void WriteChars(ClientBlocks client, int start, int length) => encoder.WriteChars(client.Arena, start, length);

    public void WriteLength(uint length) => encoder.WriteLength(length);
}
