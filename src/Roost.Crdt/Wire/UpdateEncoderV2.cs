using System.Text;

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

    public override void Drop()
    {
        base.Drop();
        _keyClocks.Drop();
        _clients.Drop();
        _leftClocks.Drop();
        _rightClocks.Drop();
        _infos.Drop();
        _strings.Drop();
        _parentInfos.Drop();
        _typeRefs.Drop();
        _lengths.Drop();
        _out.Drop();
    }

    public override void Expect(int characters) => _strings.Reserve(characters);

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

    /// <summary>Text out of a larger one.</summary>
    public void WriteChars(ReadOnlySpan<char> arena, int start, int length) => _strings.Write(arena, start, length);

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
        var columns = Close();
        _out.Reset();
        Place(columns, _out.Take(columns.Total));
        return _out.Written;
    }

    public override byte[] ToArray()
    {
        var columns = Close();
        var update = GC.AllocateUninitializedArray<byte>(columns.Total);
        Place(columns, update);
        return update;
    }

    /// <summary>Ends the runs and measures: everything is then written once, where it belongs.</summary>
    private Columns Close()
    {
        var columns = new Columns
        {
            KeyClocks = _keyClocks.Finish(),
            Clients = _clients.Finish(),
            LeftClocks = _leftClocks.Finish(),
            RightClocks = _rightClocks.Finish(),
            Infos = _infos.Written,
            Text = _strings.Chars,
            TextLengths = _strings.FinishLengths(),
            ParentInfos = _parentInfos.Written,
            TypeRefs = _typeRefs.Finish(),
            Lengths = _lengths.Finish(),
            Rest = Rest.Written,
        };
        columns.TextBytes = Encoding.UTF8.GetByteCount(columns.Text);
        return columns;
    }

    private static void Place(in Columns columns, Span<byte> output)
    {
        var writer = new SpanWriter(output);
        writer.Byte(0);   // feature flags: none are defined
        writer.VarBytes(columns.KeyClocks);
        writer.VarBytes(columns.Clients);
        writer.VarBytes(columns.LeftClocks);
        writer.VarBytes(columns.RightClocks);
        writer.VarBytes(columns.Infos);
        writer.VarUint((uint)columns.StringBytes);
        writer.VarUint((uint)columns.TextBytes);
        writer.Text(columns.Text);
        writer.Bytes(columns.TextLengths);
        writer.VarBytes(columns.ParentInfos);
        writer.VarBytes(columns.TypeRefs);
        writer.VarBytes(columns.Lengths);
        writer.Bytes(columns.Rest);
    }

    private ref struct Columns
    {
        public ReadOnlySpan<byte> KeyClocks, Clients, LeftClocks, RightClocks, Infos, TextLengths, ParentInfos, TypeRefs, Lengths, Rest;
        public ReadOnlySpan<char> Text;
        public int TextBytes;

        /// <summary>The string column: a var string, then the lengths.</summary>
        public readonly int StringBytes => SpanWriter.SizeOf((uint)TextBytes) + TextBytes + TextLengths.Length;

        public readonly int Total => 1 + Sized(KeyClocks.Length) + Sized(Clients.Length) + Sized(LeftClocks.Length) + Sized(RightClocks.Length) + Sized(Infos.Length)
            + Sized(StringBytes) + Sized(ParentInfos.Length) + Sized(TypeRefs.Length) + Sized(Lengths.Length) + Rest.Length;

        private static int Sized(int length) => SpanWriter.SizeOf((uint)length) + length;
    }
}
