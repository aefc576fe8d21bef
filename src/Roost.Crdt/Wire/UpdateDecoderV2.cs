namespace Roost.Crdt;

/// <inheritdoc cref="UpdateEncoderV2"/>
internal ref struct UpdateDecoderV2 : IUpdateDecoder
{
    private readonly List<int> _keys;
    private IntDiffOptRleDecoder _keyClocks;
    private UintOptRleDecoder _clients;
    private IntDiffOptRleDecoder _leftClocks;
    private IntDiffOptRleDecoder _rightClocks;
    private RleDecoder _infos;
    private StringDecoder _strings;
    private RleDecoder _parentInfos;
    private UintOptRleDecoder _typeRefs;
    private UintOptRleDecoder _lengths;
    private ByteReader _rest;
    private ulong _deleteClock;

    public UpdateDecoderV2(ByteReader reader, DecodedUpdate into)
    {
        if (reader.ReadVarUint() != 0)
        {
            reader.Fail(UpdateFault.Malformed, "It does not begin with 0: an update of format V1 where one of V2 is expected?");
        }

        _keys = [];
        _keyClocks = new(reader.ReadSection());
        _clients = new(reader.ReadSection());
        _leftClocks = new(reader.ReadSection());
        _rightClocks = new(reader.ReadSection());
        _infos = new(reader.ReadSection());
        var strings = reader.ReadSection();
        _strings = new(strings, into.TextRoom(strings.Remaining));
        into.AddText(_strings.Chars.Length);
        _parentInfos = new(reader.ReadSection());
        _typeRefs = new(reader.ReadSection());
        _lengths = new(reader.ReadSection());
        _rest = reader;
    }

    public readonly int Position => _rest.Position;

    // Columns repeat without bytes, so the bytes say nothing: only the budget limits.
    public readonly int MaxStructs => int.MaxValue;

    public ulong ReadClient() => _clients.Read();

    public (ulong Client, uint Clock) ReadLeftId() => (_clients.Read(), _leftClocks.Read());

    public (ulong Client, uint Clock) ReadRightId() => (_clients.Read(), _rightClocks.Read());

    public byte ReadInfo() => _infos.Read();

    public (int At, int Length) ReadText(DecodedUpdate into) => _strings.Read();

    public int ReadName(DecodedUpdate into)
    {
        var (at, length) = _strings.Read();
        return into.AddName(_strings.Chars.Slice(at, length));
    }

    public int ReadKey(DecodedUpdate into)
    {
        var number = _keyClocks.Read();
        if (number >= _keys.Count)
        {
            _keys.Add(ReadName(into));
            return _keys[^1];
        }

        return _keys[(int)number];
    }

    public bool ReadIsRoot() => _parentInfos.Read() == 1;

    public ulong ReadTypeRef() => _typeRefs.Read();

    public uint ReadLength() => _lengths.ReadClock();

    /// <summary>What V1 could not write is refused, or the document could never be sent in that format again.</summary>
    public YValue ReadJson()
    {
        var value = AnyCodec.Read(ref _rest);
        if (!JsonText.CanHold(value))
        {
            _rest.Fail(UpdateFault.BadJson, "An embed or format holds what JSON cannot.");
        }

        return value;
    }

    public YValue ReadAny() => AnyCodec.Read(ref _rest);

    public byte[] ReadBinary() => _rest.ReadVarBytes().ToArray();

    public ulong ReadRestNumber() => _rest.ReadVarUint();

    public uint ReadRestClock() => _rest.ReadClock();

    public int ReadRestCount(int atLeast) => _rest.ReadCount(atLeast);

    public void StartDeletes() => _deleteClock = 0;

    public (uint Clock, uint Length) ReadDelete()
    {
        var clock = _deleteClock + _rest.ReadVarUint();
        var length = _rest.ReadVarUint() + 1;
        _deleteClock = clock + length;
        if (_deleteClock > uint.MaxValue)
        {
            _rest.Fail(UpdateFault.ClockTooLarge, "A deletion ends above 2^32 - 1.");
        }

        return ((uint)clock, (uint)length);
    }

    public readonly void Fail(UpdateFault fault, string what) => _rest.Fail(fault, what);
}
