namespace Roost.Crdt;

/// <summary>What one transaction changed in one type.</summary>
/// <remarks>Ask for the changes inside the handler: afterwards old and new are merged and cannot be told apart.</remarks>
public class YEvent
{
    private readonly int _serial;
    private readonly List<int> _keyNumbers;
    private IReadOnlyList<DeltaOp>? _delta;
    private Dictionary<string, KeyChange>? _keys;
    private List<YValue>? _path;

    internal YEvent(YType target, Transaction transaction, List<int> keys)
    {
        (Target, CurrentTarget, Transaction, _serial) = (target, target, transaction, transaction.Serial);
        _keyNumbers = [.. keys.Where(key => key >= 0)];
        ChildListChanged = keys.Contains(-1);
    }

    /// <summary>The type that changed.</summary>
    public YType Target { get; }

    /// <summary>The type whose handler is called: the target, or one that holds it.</summary>
    public YType CurrentTarget { get; private set; }

    /// <summary>The transaction.</summary>
    public Transaction Transaction { get; }

    /// <summary>Whether the list part changed: text, elements, children.</summary>
    public bool ChildListChanged { get; }

    /// <summary>The keys or attributes that were touched.</summary>
    public IReadOnlyList<string> KeysChanged => [.. _keyNumbers.Select(Store.KeyName)];

    /// <summary>The way from <see cref="CurrentTarget"/> to <see cref="Target"/>: strings in maps, indexes in lists.</summary>
    public IReadOnlyList<YValue> Path => _path ??= FindPath();

    /// <summary>The change of the list part, for a copy of the content before to follow.</summary>
    /// <exception cref="InvalidOperationException">The handler has returned.</exception>
    public IReadOnlyList<DeltaOp> Delta
    {
        get
        {
            EnsureOpen();
            return _delta ??= MakeDelta();
        }
    }

    /// <summary>The changes of keys or attributes.</summary>
    /// <exception cref="InvalidOperationException">The handler has returned.</exception>
    public IReadOnlyDictionary<string, KeyChange> Keys
    {
        get
        {
            EnsureOpen();
            return _keys ??= FindKeyChanges();
        }
    }

    private protected BlockStore Store => Target.Store;

    internal bool Adds(int handle)
    {
        ref var block = ref Store[handle];
        return block.Clock >= YDoc.BeforeClock(Transaction, Store.Client(block.Client));
    }

    internal bool Deletes(int handle) => Store[handle].IsDeleted && Transaction.Deleted(Store[handle].Client, Store[handle].Clock);

    internal void Locate(YType from) => (CurrentTarget, _path) = (from, null);

    private protected virtual IReadOnlyList<DeltaOp> MakeDelta() => ChildListChanged ? ListDelta.Make(this, Target.Node!) : [];

    private void EnsureOpen()
    {
        if (Transaction.Serial != _serial)
        {
            throw new InvalidOperationException("Ask an event for its changes while its handler runs, not later.");
        }
    }

    private Dictionary<string, KeyChange> FindKeyChanges()
    {
        var result = new Dictionary<string, KeyChange>();
        foreach (var key in _keyNumbers)
        {
            var handle = Target.Node!.MapGet(key);
            if (handle >= 0 && FindKeyChange(handle) is { } change)
            {
                result[Store.KeyName(key)] = change;
            }
        }

        return result;
    }

    private KeyChange? FindKeyChange(int handle)
    {
        if (!Adds(handle))
        {
            return Deletes(handle) ? new(KeyAction.Delete, ContentReader.Last(Store, handle)) : null;
        }

        var before = Store[handle].Left;
        while (before >= 0 && Adds(before))
        {
            before = Store[before].Left;
        }

        var replaced = before >= 0 && Deletes(before);
        if (Deletes(handle))
        {
            return replaced ? new(KeyAction.Delete, ContentReader.Last(Store, before)) : null;
        }

        return replaced ? new(KeyAction.Update, ContentReader.Last(Store, before)) : new(KeyAction.Add, YValue.Undefined);
    }

    private List<YValue> FindPath()
    {
        var path = new List<YValue>();
        for (var type = Target.Node!; type.Item >= 0 && type != CurrentTarget.Node;)
        {
            ref var item = ref Store[type.Item];
            var parent = Store.Type(item.Parent);
            path.Add(item.Key >= 0 ? Store.KeyName(item.Key) : ListSearch.IndexOf(parent, type.Item));
            type = parent;
        }

        path.Reverse();
        return path;
    }
}
