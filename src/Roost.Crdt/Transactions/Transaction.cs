using System.Runtime.InteropServices;

namespace Roost.Crdt;

/// <summary>A group of changes that observers, updates and undo see as one.</summary>
/// <remarks>Valid until its handlers have run, those of <see cref="YDoc.AfterAllTransactions"/> the last; the document uses the object again afterwards.</remarks>
public sealed partial class Transaction
{
    private readonly List<TypeChange> _changed = [];
    private readonly Stack<TypeChange> _spare = [];
    private readonly List<int> _deleteOrder = [];
    private Dictionary<int, int>? _changeIndex;
    private HashSet<object>? _splitFor;

    internal Transaction(YDoc doc) => Doc = doc;

    /// <summary>The document.</summary>
    public YDoc Doc { get; }

    /// <summary>What the caller gave to tell its changes from others'; null if nothing.</summary>
    public object? Origin { get; private set; }

    /// <summary>True if made here, false if applied from an update.</summary>
    public bool IsLocal { get; internal set; }

    /// <summary>What was deleted, also of what was inserted in the same transaction. A copy.</summary>
    public DeleteSet DeleteSet
    {
        get
        {
            // Clients in the order in which something of theirs was first deleted: undo brings things back in that order.
            SortDeletes();
            var firstOf = new Dictionary<int, int>();
            for (var i = Deletes.Count - 1; i >= 0; i--)
            {
                firstOf[Deletes[i].Client] = i;
            }

            var result = new DeleteSet();
            foreach (var client in _deleteOrder)
            {
                for (var i = firstOf[client]; i < Deletes.Count && Deletes[i].Client == client; i++)
                {
                    result.Add(Doc.Store.Client(client).Id, Deletes[i].Clock, Deletes[i].Length);
                }
            }

            return result;
        }
    }

    internal int Serial { get; private set; }

    internal List<DeletedRange> Deletes { get; } = [];

    internal List<ClientChange> Changes { get; } = [];

    /// <summary>Structs that were cut or whose neighbours may now merge.</summary>
    internal List<(int Client, uint Clock)> MergeCandidates { get; } = [];

    internal List<TypeChange> ChangedTypes => _changed;

    /// <summary>Every type that is, or holds, a changed one.</summary>
    internal OrderedDictionary<TypeNode, ChangedParent> ChangedParents { get; } = [];

    internal bool NeedsFormattingCleanup { get; set; }

    internal void Reset(object? origin, bool local, int serial)
    {
        (Origin, IsLocal, Serial) = (origin, local, serial);
        Deletes.Clear();
        _deleteOrder.Clear();
        Changes.Clear();
        MergeCandidates.Clear();
        foreach (var change in _changed)
        {
            change.Clear();
            _spare.Push(change);
        }

        _changed.Clear();
        if (ChangedParents.Count > 0)
        {
            ChangedParents.Clear();
        }

        (_changeIndex, _splitFor, _meta, NeedsFormattingCleanup) = (null, null, null, false);
        ClearSubdocs();
    }

    /// <summary>Its structs merge now: events can no longer tell new from old.</summary>
    internal void Finish() => Serial = -1;

    internal void AddDelete(int client, uint clock, uint length)
    {
        var author = Doc.Store.Client(client);
        if (author.DeleteSerial != Serial)
        {
            author.DeleteSerial = Serial;
            _deleteOrder.Add(client);
        }

        Deletes.Add(new DeletedRange(client, clock, length));
    }

    /// <summary>Notes that a type's list (key −1) or one of its keys changed, unless the type itself is new or gone.</summary>
    internal void AddChanged(TypeNode type, int key)
    {
        if (type.Item >= 0)
        {
            ref var item = ref Doc.Store[type.Item];
            if (item.IsDeleted || item.Clock >= YDoc.BeforeClock(this, Doc.Store.Client(item.Client)))
            {
                return;
            }
        }

        if (type.ChangeSerial != Serial)
        {
            (type.ChangeSerial, type.ChangeIndex) = (Serial, _changed.Count);
            var fresh = _spare.TryPop(out var spare) ? spare : new TypeChange();
            fresh.Type = type;
            _changed.Add(fresh);
        }

        _changed[type.ChangeIndex].Add(key);
    }

    internal void ForgetChanged(TypeNode type)
    {
        if (type.ChangeSerial == Serial)
        {
            type.ChangeSerial = 0;
            _changed[type.ChangeIndex].Type = null;
        }
    }

    /// <summary>True the first time it is asked for this object: a snapshot's structs are cut only once.</summary>
    internal bool FirstSplitFor(object reason) => (_splitFor ??= new(ReferenceEqualityComparer.Instance)).Add(reason);

    /// <summary>Sorts by descending client, then clock, and joins what touches.</summary>
    internal void SortDeletes()
    {
        var ranges = CollectionsMarshal.AsSpan(Deletes);
        if (ranges.Length < 2)
        {
            return;
        }

        for (var i = 1; i < ranges.Length; i++)
        {
            if (Compare(Doc.Store, ranges[i - 1], ranges[i]) > 0)
            {
                Sort(Doc.Store, Deletes);
                break;
            }
        }

        var kept = 1;
        for (var i = 1; i < ranges.Length; i++)
        {
            ref var last = ref ranges[kept - 1];
            if (last.Client == ranges[i].Client && last.End >= ranges[i].Clock)
            {
                last = last with { Length = Math.Max(last.End, ranges[i].End) - last.Clock };
            }
            else
            {
                ranges[kept++] = ranges[i];
            }
        }

        CollectionsMarshal.SetCount(Deletes, kept);
    }

    // Apart: its closure would be made on every call of the method above.
    private static void Sort(BlockStore store, List<DeletedRange> ranges) => ranges.Sort((a, b) => Compare(store, a, b));

    private static int Compare(BlockStore store, in DeletedRange a, in DeletedRange b) =>
        a.Client == b.Client ? a.Clock.CompareTo(b.Clock) : store.Client(b.Client).Id.CompareTo(store.Client(a.Client).Id);

    /// <summary>Whether the transaction deleted that unit; needs sorted ranges.</summary>
    internal bool Deleted(int client, uint clock)
    {
        var id = Doc.Store.Client(client).Id;
        var (low, high) = (0, Deletes.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var range = Deletes[middle];
            var order = range.Client == client ? range.Clock.CompareTo(clock) : id.CompareTo(Doc.Store.Client(range.Client).Id);
            if (order > 0)
            {
                high = middle - 1;
            }
            else if (range.Client == client && clock < range.End)
            {
                return true;
            }
            else
            {
                low = middle + 1;
            }
        }

        return false;
    }

    /// <summary>The state of a client before the transaction, if the transaction changed it.</summary>
    internal bool TryGetBefore(int client, out uint before)
    {
        if (Changes.Count > 8 && _changeIndex?.Count != Changes.Count)
        {
            _changeIndex = [];
            for (var i = 0; i < Changes.Count; i++)
            {
                _changeIndex[Changes[i].Client] = i;
            }
        }

        var found = Changes.Count > 8 ? _changeIndex!.GetValueOrDefault(client, -1) : Changes.FindIndex(change => change.Client == client);
        before = found >= 0 ? Changes[found].Before : 0;
        return found >= 0;
    }
}

/// <summary>Units that a transaction deleted.</summary>
internal readonly record struct DeletedRange(int Client, uint Clock, uint Length)
{
    public uint End => Clock + Length;
}

/// <summary>How far a client's clock went; After equals Before when only a later, nested transaction moved it.</summary>
internal readonly record struct ClientChange(int Client, uint Before, uint After);

/// <summary>What changed in one type: −1 stands for its list, other numbers for keys; in order of first change.</summary>
internal sealed class TypeChange
{
    public TypeNode? Type { get; set; }

    public List<int> Keys { get; } = [];

    public void Add(int key)
    {
        if (Keys.Count < FewKeys)
        {
            if (Keys.Count == 0 || !CollectionsMarshal.AsSpan(Keys).Contains(key))
            {
                Keys.Add(key);
            }
        }
        else if ((_known ??= [.. Keys]).Add(key))
        {
            Keys.Add(key);
        }
    }

    public void Clear()
    {
        Keys.Clear();
        _known = null;
    }

    /// <summary>So many are looked through faster than looked up; a map may get a million in one update.</summary>
    private const int FewKeys = 64;

    private HashSet<int>? _known;
}
