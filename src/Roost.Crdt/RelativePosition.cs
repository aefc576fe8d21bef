using System.Diagnostics.CodeAnalysis;

namespace Roost.Crdt;

/// <summary>A place in a shared list or text that stays where it is while others edit: a cursor, an end of a selection, a comment.</summary>
/// <param name="Type">The item of the type, when the place is its end and it is no root.</param>
/// <param name="RootName">The name of the type, when the place is its end and it is a root.</param>
/// <param name="Item">The unit it sticks to; null: the end (or, left-bound, the beginning) of the type.</param>
/// <param name="Assoc">Zero or above: bound to the unit on its right; below: to the one on its left.</param>
public sealed record RelativePosition(StructId? Type, string? RootName, StructId? Item, int Assoc = 0)
{
    /// <summary>The place before the unit at an index.</summary>
    /// <param name="type">A text, array or XML type in a document.</param>
    /// <param name="index">From 0 to its length.</param>
    /// <param name="assoc">See <see cref="Assoc"/>.</param>
    public static RelativePosition FromIndex(YType type, int index, int assoc = 0)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var list = type.Node ?? throw new InvalidOperationException("Put the type into a document first.");
        var store = list.Doc.Store;
        if (assoc < 0 && index-- == 0)
        {
            return At(list, null, assoc);
        }

        var handle = ListSearch.Find(list, index, out var offset);
        if (handle >= 0)
        {
            var id = store.IdOf(handle);
            return At(list, id with { Clock = id.Clock + (uint)offset }, assoc);
        }

        return At(list, assoc < 0 && list.Tail >= 0 ? store.IdOf(list.Tail) with { Clock = store[list.Tail].LastClock } : null, assoc);
    }

    /// <summary>Reads what <see cref="Encode"/> or Yjs wrote.</summary>
    /// <exception cref="UpdateFormatException">The bytes are no position.</exception>
    public static RelativePosition Decode(ReadOnlySpan<byte> bytes)
    {
        var input = new ByteReader(bytes);
        StructId? type = null, item = null;
        string? root = null;
        switch (input.ReadVarUint())
        {
            case 0: item = new(input.ReadVarUint(), input.ReadClock()); break;
            case 1: root = input.ReadVarString(); break;
            case 2: type = new(input.ReadVarUint(), input.ReadClock()); break;
            default: throw input.Fault(UpdateFault.Malformed, "There is no position of that kind.");
        }

        var assoc = 0;
        if (input.Remaining > 0)
        {
            assoc = (int)Math.Min(input.ReadVarInt(out var negative), int.MaxValue);
            assoc = negative ? -assoc : assoc;
        }

        return new(type, root, item, assoc);
    }

    /// <summary>Reads the JSON form.</summary>
    public static RelativePosition FromJson(YObject json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return new(IdOf(json.Get("type")), json.Get("tname") is { IsNullish: false } name ? name.AsString : null, IdOf(json.Get("item")),
            json.Get("assoc") is { IsNullish: false } assoc ? (int)assoc.AsNumber : 0);

        static StructId? IdOf(YValue value) => value.IsNullish
            ? null
            : new StructId((ulong)value.AsObject.Get("client").AsNumber, (uint)value.AsObject.Get("clock").AsNumber);
    }

    /// <summary>The position as bytes, the same as Yjs's.</summary>
    public byte[] Encode()
    {
        var output = new ByteWriter();
        if (Item is { } item)
        {
            output.WriteVarUint(0);
            output.WriteVarUint(item.Client);
            output.WriteVarUint(item.Clock);
        }
        else if (RootName is { } name)
        {
            output.WriteByte(1);
            output.WriteVarString(name);
        }
        else
        {
            var type = Type ?? throw new InvalidOperationException("A position needs an item, a root or a type.");
            output.WriteByte(2);
            output.WriteVarUint(type.Client);
            output.WriteVarUint(type.Clock);
        }

        output.WriteVarInt((ulong)Math.Abs((long)Assoc), Assoc < 0);
        return output.ToArray();
    }

    /// <summary>The JSON form, as Yjs has it.</summary>
    public YObject ToJson()
    {
        var json = new YObject();
        Add("type", Type);
        if (!string.IsNullOrEmpty(RootName))
        {
            json["tname"] = RootName;
        }

        Add("item", Item);
        json["assoc"] = Assoc;
        return json;

        void Add(string name, StructId? id)
        {
            if (id is { } given)
            {
                json[name] = new YObject { ["client"] = (double)given.Client, ["clock"] = (double)given.Clock };
            }
        }
    }

    /// <summary>Where the position is now.</summary>
    /// <param name="doc">A replica.</param>
    /// <param name="type">The type it is in.</param>
    /// <param name="index">The index there.</param>
    /// <param name="followUndone">Whether a position in something deleted goes to where an undo brought it back.</param>
    /// <returns>False if what it refers to has not come yet, or is gone for good.</returns>
    public bool TryResolve(YDoc doc, [NotNullWhen(true)] out YType? type, out int index, bool followUndone = true)
    {
        ArgumentNullException.ThrowIfNull(doc);
        (type, index) = (null, 0);
        var store = doc.Store;
        TypeNode list;
        if (Item is { } item)
        {
            if (store.State(item.Client) <= item.Clock)
            {
                return false;
            }

            var (handle, offset) = Follow(store, item, followUndone);
            if (store[handle].IsGc)
            {
                return false;
            }

            list = store.Parent(handle);
            if (YDoc.IsAlive(list))
            {
                index = ListSearch.IndexOf(list, handle) + (store[handle].Visible == 0 ? 0 : (int)offset + (Assoc >= 0 ? 0 : 1));
            }
        }
        else
        {
            if (!TryFindType(doc, followUndone, out var found))
            {
                return false;
            }

            list = found;
            index = Assoc >= 0 ? list.Length : 0;
        }

        type = list.View();
        return true;
    }

    private bool TryFindType(YDoc doc, bool followUndone, [NotNullWhen(true)] out TypeNode? list)
    {
        var store = doc.Store;
        list = RootName is { } name ? doc.RootNode(name) : null;
        if (list is null && Type is { } id && store.State(id.Client) > id.Clock)
        {
            var (handle, _) = Follow(store, id, followUndone);
            list = store[handle].Ref == ContentRef.Type ? store.Type(store[handle].Content) : null;
        }

        return list is not null;
    }

    private static (int Handle, uint Offset) Follow(BlockStore store, StructId id, bool followUndone)
    {
        if (followUndone)
        {
            return store.FollowRedone(id);
        }

        var handle = store.GetOrAddClient(id.Client).HandleAt(id.Clock);
        return (handle, id.Clock - store[handle].Clock);
    }

    private static RelativePosition At(TypeNode list, StructId? item, int assoc) =>
        list.Item < 0 ? new(null, list.RootName, item, assoc) : new(list.Doc.Store.IdOf(list.Item), null, item, assoc);
}
