using System.Runtime.InteropServices;

namespace Roost.Crdt;

/// <summary>The state of one shared type inside a document; the public <see cref="YType"/> is a façade made when somebody asks.</summary>
internal sealed class TypeNode(YDoc doc, byte kind)
{
    public const int Root = -1;

    /// <summary>Its item was collected: nothing more can be done with it.</summary>
    public const int Detached = -2;

    private Dictionary<int, int>? _map;

    public YDoc Doc { get; } = doc;

    /// <summary>See <see cref="TypeRef"/>.</summary>
    public byte Kind { get; set; } = kind;

    /// <summary>Its number in the store.</summary>
    public int Index { get; set; }

    /// <summary>Handle of the item that holds it, or <see cref="Root"/>, or <see cref="Detached"/>.</summary>
    public int Item { get; set; } = Root;

    /// <summary>The name of a root.</summary>
    public string? RootName { get; set; }

    /// <summary>The node name of an XML element, the hook name of a hook.</summary>
    public string? Name { get; set; }

    public int Start { get; set; } = -1;

    public int Tail { get; set; } = -1;

    /// <summary>Visible units of the list part.</summary>
    public int Length { get; set; }

    /// <summary>Items of the list part, deleted ones included.</summary>
    public int ItemCount { get; set; }

    /// <summary>A format item was ever integrated: positions depend on attributes from then on.</summary>
    public bool HasFormatting { get; set; }

    public PositionTree? Tree { get; set; }

    public YType? Facade { get; set; }

    /// <summary>Where the transaction with that serial notes this type's change.</summary>
    public int ChangeSerial { get; set; }

    public int ChangeIndex { get; set; }

    /// <summary>The last item of each key, in the order in which keys were first seen.</summary>
    public Dictionary<int, int> Map => _map ?? Empty;

    private static Dictionary<int, int> Empty { get; } = [];

    public bool IsText => Kind is TypeRef.Text or TypeRef.XmlText;

    public int MapGet(int key) => _map is not null && key >= 0 && _map.TryGetValue(key, out var handle) ? handle : -1;

    public void MapSet(int key, int handle) => CollectionsMarshal.GetValueRefOrAddDefault(_map ??= [], key, out _) = handle;

    /// <summary>Forgets all content, when it is collected.</summary>
    public void Clear()
    {
        _map = null;
        Tree = null;
        (Start, Tail, Length, ItemCount) = (-1, -1, 0, 0);
    }

    /// <summary>The public object for it.</summary>
    public YType View() => Facade ??= YType.Create(this);
}
