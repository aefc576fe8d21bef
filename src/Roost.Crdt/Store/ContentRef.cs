namespace Roost.Crdt;

/// <summary>The five low bits of a struct's info byte: what it is or holds.</summary>
internal static class ContentRef
{
    public const byte Gc = 0, Deleted = 1, Json = 2, Binary = 3, String = 4, Embed = 5, Format = 6, Type = 7, Any = 8, Doc = 9, Skip = 10;

    /// <summary>Bits of the info byte above the reference.</summary>
    public const byte HasParentSub = 0x20, HasRightOrigin = 0x40, HasOrigin = 0x80;

    /// <summary>Whether its length counts in the length of its parent.</summary>
    public static bool IsCountable(byte reference) => reference is not (Gc or Deleted or Format or Skip);
}

/// <summary>What a type is on the wire.</summary>
internal static class TypeRef
{
    public const byte Array = 0, Map = 1, Text = 2, XmlElement = 3, XmlFragment = 4, XmlHook = 5, XmlText = 6;

    /// <summary>A root seen in an update and not yet asked for by the application.</summary>
    public const byte Untyped = 255;

    public static bool HasName(byte reference) => reference is XmlElement or XmlHook;
}
