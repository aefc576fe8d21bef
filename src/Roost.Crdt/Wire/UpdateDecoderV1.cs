namespace Roost.Crdt;

/// <inheritdoc cref="UpdateEncoderV1"/>
internal ref struct UpdateDecoderV1(ByteReader reader) : IUpdateDecoder
{
    private ByteReader _rest = reader;

    public readonly int Position => _rest.Position;

    public readonly int Remaining => _rest.Remaining;

    // The shortest struct is a GC of two bytes.
    public readonly int MaxStructs => _rest.Remaining / 2;

    public ulong ReadClient() => _rest.ReadVarUint();

    public (ulong Client, uint Clock) ReadLeftId() => (_rest.ReadVarUint(), _rest.ReadClock());

    public (ulong Client, uint Clock) ReadRightId() => ReadLeftId();

    public byte ReadInfo() => _rest.ReadByte();

    public (int At, int Length) ReadText(DecodedUpdate into)
    {
        var bytes = _rest.ReadVarBytes();
        var room = into.TextRoom(bytes.Length);
        return into.AddText(_rest.Decode(bytes, room));
    }

    public int ReadName(DecodedUpdate into)
    {
        var bytes = _rest.ReadVarBytes();
        if (bytes.Length > 128)
        {
            return into.AddName(_rest.Decode(bytes, into.TextRoom(bytes.Length)) is var n ? into.TextRoom(0)[..n] : default);
        }

        Span<char> chars = stackalloc char[128];
        return into.AddName(chars[.._rest.Decode(bytes, chars)]);
    }

    public int ReadKey(DecodedUpdate into) => ReadName(into);

    public bool ReadIsRoot() => _rest.ReadVarUint() == 1;

    public ulong ReadTypeRef() => _rest.ReadVarUint();

    public uint ReadLength() => _rest.ReadClock();

    public YValue ReadJson()
    {
        var text = _rest.ReadVarString();
        try
        {
            return JsonParser.Parse(text);
        }
        catch (FormatException wrong) when (wrong is not UpdateFormatException)
        {
            throw _rest.Fault(UpdateFault.BadJson, wrong.Message);
        }
    }

    public YValue ReadAny() => AnyCodec.Read(ref _rest);

    public byte[] ReadBinary() => _rest.ReadVarBytes().ToArray();

    public ulong ReadRestNumber() => _rest.ReadVarUint();

    public uint ReadRestClock() => _rest.ReadClock();

    public int ReadRestCount(int atLeast) => _rest.ReadCount(atLeast);

    public readonly void StartDeletes() { }

    public (uint Clock, uint Length) ReadDelete() => (_rest.ReadClock(), _rest.ReadClock());

    public readonly void Fail(UpdateFault fault, string what) => _rest.Fail(fault, what);
}
