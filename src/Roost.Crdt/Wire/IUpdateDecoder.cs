namespace Roost.Crdt;

/// <summary>Reads the fields of structs from where a format keeps them. Two ref structs implement it, so that calls are direct.</summary>
internal interface IUpdateDecoder
{
    int Position { get; }

    ulong ReadClient();

    (ulong Client, uint Clock) ReadLeftId();

    (ulong Client, uint Clock) ReadRightId();

    byte ReadInfo();

    /// <summary>Text of an item, put into the update's room.</summary>
    (int At, int Length) ReadText(DecodedUpdate into);

    /// <summary>A name; the number it has in the update.</summary>
    int ReadName(DecodedUpdate into);

    /// <summary>Like a name, but V2 numbers keys.</summary>
    int ReadKey(DecodedUpdate into);

    bool ReadIsRoot();

    ulong ReadTypeRef();

    uint ReadLength();

    YValue ReadJson();

    YValue ReadAny();

    byte[] ReadBinary();

    ulong ReadRestNumber();

    uint ReadRestClock();

    int ReadRestCount(int atLeast);

    void StartDeletes();

    (uint Clock, uint Length) ReadDelete();

    /// <summary>How many structs may follow, seen from the bytes that are left.</summary>
    int MaxStructs { get; }

    void Fail(UpdateFault fault, string what);
}
