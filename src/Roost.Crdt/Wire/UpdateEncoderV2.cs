namespace Roost.Crdt;

/// <summary>One run-length encoded column per field, then the rest.</summary>
internal sealed class UpdateEncoderV2 : UpdateEncoder
{
    private readonly IntDiffOptRleEncoder _keyClocks = new();
    private readonly UintOptRleEncoder _clients = new();
    private readonly IntDiffOptRleEncoder _leftClocks = new();
    private readonly IntDiffOptRleEncoder _rightClocks = new();
    private readonly RleEncoder _infos = new();
    private readonly StringEncoder _strings = new();
    private readonly RleEncoder _parentInfos = new();
    private readonly UintOptRleEncoder _typeRefs = new();
    private readonly UintOptRleEncoder _lengths = new();
    private readonly ByteWriter _out = new();
    private uint _keyClock;
    private uint _deleteClock;

    public override void Reset()
    {
        Rest.Reset();
        _keyClocks.Reset();
        _clients.Reset();
        _leftClocks.Reset();
        _rightClocks.Reset();
        _infos.Reset();
        _strings.Reset();
        _parentInfos.Reset();
        _typeRefs.Reset();
        _lengths.Reset();
        _keyClock = 0;
    }

    public override void WriteClient(ulong client) => _clients.Write(client);

    public override void WriteLeftId(ulong client, uint clock)
    {
        _clients.Write(client);
        _leftClocks.Write(clock);
    }

    public override void WriteRightId(ulong client, uint clock)
    {
        _clients.Write(client);
        _rightClocks.Write(clock);
    }

    public override void WriteInfo(byte info) => _infos.Write(info);

    public override void WriteString(ReadOnlySpan<char> text) => _strings.Write(text);

    public override void WriteParentInfo(bool isRoot) => _parentInfos.Write(isRoot ? (byte)1 : (byte)0);

    public override void WriteTypeRef(byte typeRef) => _typeRefs.Write(typeRef);

    public override void WriteLength(uint length) => _lengths.Write(length);

    /// <summary>Every key gets a fresh number, also one seen before: Yjs never fills its cache, and the bytes must be the same.</summary>
    public override void WriteKey(string key)
    {
        _keyClocks.Write(_keyClock++);
        _strings.Write(key);
    }

    public override void WriteJson(in YValue value) => AnyCodec.Write(Rest, value);

    public override void StartDeletes() => _deleteClock = 0;

    public override void WriteDelete(uint clock, uint length)
    {
        Rest.WriteVarUint(clock - _deleteClock);
        Rest.WriteVarUint(length - 1);
        _deleteClock = clock + length;
    }

    public override ReadOnlySpan<byte> Finish()
    {
        _out.Reset();
        _out.WriteVarUint(0);   // feature flags: none are defined
        _out.WriteVarBytes(_keyClocks.Finish());
        _out.WriteVarBytes(_clients.Finish());
        _out.WriteVarBytes(_leftClocks.Finish());
        _out.WriteVarBytes(_rightClocks.Finish());
        _out.WriteVarBytes(_infos.Written);
        _out.WriteVarBytes(_strings.Finish());
        _out.WriteVarBytes(_parentInfos.Written);
        _out.WriteVarBytes(_typeRefs.Finish());
        _out.WriteVarBytes(_lengths.Finish());
        _out.WriteBytes(Rest.Written);
        return _out.Written;
    }
}
