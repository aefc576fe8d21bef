using System.Diagnostics.CodeAnalysis;

namespace Roost.Crdt;

/// <summary>
/// One value of a document, as JavaScript sees it: a primitive, an object, an array, bytes, a shared type or a sub-document.
/// </summary>
/// <remarks>Sixteen bytes, immutable; objects and arrays inside it are shared by reference and must not be changed afterwards.</remarks>
public readonly partial struct YValue : IEquatable<YValue>
{
    private readonly object? _reference;   // a Tag for primitives, else the object itself
    private readonly long _bits;           // bool, double bits or the big integer

    private YValue(object? reference, long bits = 0)
    {
        _reference = reference;
        _bits = bits;
    }

    /// <summary>"There is none": what reading a missing key gives.</summary>
    public static YValue Undefined => default;

    /// <summary>An explicit null.</summary>
    public static YValue Null => new(Tag.Null);

    /// <summary>What kind of value it is.</summary>
    public YValueKind Kind => _reference switch
    {
        null => YValueKind.Undefined,
        Tag tag => tag.Kind,
        string => YValueKind.String,
        YObject => YValueKind.Object,
        YValue[] => YValueKind.Array,
        byte[] => YValueKind.Binary,
        YType => YValueKind.Type,
        _ => YValueKind.Doc,
    };

    /// <summary>True for undefined.</summary>
    public bool IsUndefined => _reference is null;

    /// <summary>True for undefined and for null.</summary>
    public bool IsNullish => _reference is null || ReferenceEquals(_reference, Tag.Null);

    /// <summary>A number; −0, NaN and infinities are kept.</summary>
    public static YValue From(double value) => new(Tag.Number, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A big integer: not the same as a number to Yjs.</summary>
    public static YValue FromBigInt(long value) => new(Tag.BigInt, value);

    /// <summary>A boolean.</summary>
    public static YValue From(bool value) => new(Tag.Bool, value ? 1 : 0);

    /// <summary>A string, or null.</summary>
    public static YValue From(string? value) => value is null ? Null : new(value);

    /// <summary>An object, or null.</summary>
    public static YValue From(YObject? value) => value is null ? Null : new(value);

    /// <summary>An array, or null; not copied.</summary>
    public static YValue From(YValue[]? value) => value is null ? Null : new(value);

    /// <summary>Bytes, or null; not copied.</summary>
    public static YValue From(byte[]? value) => value is null ? Null : new(value);

    /// <summary>A shared type, or null.</summary>
    public static YValue From(YType? value) => value is null ? Null : new(value);

    /// <summary>A sub-document, or null.</summary>
    public static YValue From(YDoc? value) => value is null ? Null : new(value);

    /// <summary>The boolean it holds.</summary>
    /// <exception cref="InvalidCastException">It holds something else.</exception>
    public bool AsBool => Kind == YValueKind.Bool ? _bits != 0 : throw Mismatch("a boolean");

    /// <summary>The number it holds.</summary>
    /// <exception cref="InvalidCastException">It holds something else.</exception>
    public double AsNumber => ReferenceEquals(_reference, Tag.Number) ? BitConverter.Int64BitsToDouble(_bits) : throw Mismatch("a number");

    /// <summary>The big integer it holds.</summary>
    /// <exception cref="InvalidCastException">It holds something else.</exception>
    public long AsBigInt => ReferenceEquals(_reference, Tag.BigInt) ? _bits : throw Mismatch("a big integer");

    /// <summary>The string it holds.</summary>
    /// <exception cref="InvalidCastException">It holds something else.</exception>
    public string AsString => _reference as string ?? throw Mismatch("a string");

    /// <summary>The object it holds.</summary>
    /// <exception cref="InvalidCastException">It holds something else.</exception>
    public YObject AsObject => _reference as YObject ?? throw Mismatch("an object");

    /// <summary>The array it holds, not a copy.</summary>
    /// <exception cref="InvalidCastException">It holds something else.</exception>
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "A value is a view, not a copy.")]
    public YValue[] AsArray => _reference as YValue[] ?? throw Mismatch("an array");

    /// <summary>The bytes it holds, not a copy.</summary>
    /// <exception cref="InvalidCastException">It holds something else.</exception>
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "A value is a view, not a copy.")]
    public byte[] AsBinary => _reference as byte[] ?? throw Mismatch("bytes");

    /// <summary>The sub-document it holds.</summary>
    /// <exception cref="InvalidCastException">It holds something else.</exception>
    public YDoc AsDoc => _reference as YDoc ?? throw Mismatch("a document");

    /// <summary>The shared type it holds.</summary>
    /// <typeparam name="T">Which one, for instance <see cref="YText"/>.</typeparam>
    /// <exception cref="InvalidCastException">It holds something else.</exception>
    public T As<T>() where T : YType => _reference as T ?? throw Mismatch(typeof(T).Name);

    internal object? Reference => _reference;

    private InvalidCastException Mismatch(string wanted) => new($"The value is {Kind}, not {wanted}.");

    private sealed class Tag(YValueKind kind)
    {
        public static readonly Tag Null = new(YValueKind.Null);
        public static readonly Tag Bool = new(YValueKind.Bool);
        public static readonly Tag Number = new(YValueKind.Number);
        public static readonly Tag BigInt = new(YValueKind.BigInt);

        public YValueKind Kind => kind;
    }
}
