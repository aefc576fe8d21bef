namespace Roost.Crdt;

/// <summary>What a <see cref="YValue"/> holds.</summary>
public enum YValueKind
{
    /// <summary>JavaScript's <c>undefined</c>: no such key or index; the default of the struct.</summary>
    Undefined,

    /// <summary>An explicit null.</summary>
    Null,

    /// <summary>True or false.</summary>
    Bool,

    /// <summary>A JavaScript number: an IEEE 754 double.</summary>
    Number,

    /// <summary>A 64-bit integer that JavaScript reads as <c>BigInt</c>.</summary>
    BigInt,

    /// <summary>A string of UTF-16 units.</summary>
    String,

    /// <summary>An ordered object of named values.</summary>
    Object,

    /// <summary>An array of values.</summary>
    Array,

    /// <summary>Bytes (<c>Uint8Array</c>).</summary>
    Binary,

    /// <summary>A shared type: text, array, map or XML.</summary>
    Type,

    /// <summary>A sub-document.</summary>
    Doc,
}
