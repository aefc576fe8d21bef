namespace Roost.Crdt;

/// <summary>Everything in one stream, in order.</summary>
internal sealed class UpdateEncoderV1 : UpdateEncoder
{
    public override void Reset() => Rest.Reset();

    public override void WriteClient(ulong client) => Rest.WriteVarUint(client);

    public override void WriteLeftId(ulong client, uint clock)
    {
        Rest.WriteVarUint(client);
        Rest.WriteVarUint(clock);
    }

    public override void WriteRightId(ulong client, uint clock)
    {
        Rest.WriteVarUint(client);
        Rest.WriteVarUint(clock);
    }

    public override void WriteInfo(byte info) => Rest.WriteByte(info);

    public override void WriteString(ReadOnlySpan<char> text) => Rest.WriteVarString(text);

    public override void WriteParentInfo(bool isRoot) => Rest.WriteVarUint(isRoot ? 1u : 0);

    public override void WriteTypeRef(byte typeRef) => Rest.WriteVarUint(typeRef);

    public override void WriteLength(uint length) => Rest.WriteVarUint(length);

    public override void WriteKey(string key) => Rest.WriteVarString(key);

    public override void WriteJson(in YValue value) => Rest.WriteVarString(value.IsUndefined ? "undefined" : JsonText.Write(value));

    public override void StartDeletes() { }

    public override void WriteDelete(uint clock, uint length)
    {
        Rest.WriteVarUint(clock);
        Rest.WriteVarUint(length);
    }

    public override ReadOnlySpan<byte> Finish() => Rest.Written;
}
