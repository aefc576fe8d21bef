namespace Roost.Crdt;

/// <summary>A type that changed in a transaction, or holds one that did.</summary>
/// <remarks>
/// Linked to the next one above that is observed deeply, so that an event costs as many steps as there are such: types nested by the ten thousands, each of them changed, would
/// otherwise take the square of it, in time and in memory.
/// </remarks>
internal sealed class ChangedParent
{
    private ChangedParent? _nextObserved;

    /// <summary>What happened to it and inside it, in order; null unless it was observed deeply when the first of it happened.</summary>
    public List<YEvent>? Events { get; private init; }

    /// <summary>How many types it is in.</summary>
    public int Depth { get; private init; }

    /// <summary>Adds an event for its target and all that hold it.</summary>
    public static void Add(Transaction transaction, YEvent happened)
    {
        var (target, all) = (happened.Target.Node!, transaction.ChangedParents);
        if (!all.TryGetValue(target, out var found))
        {
            found = AddWithParents(transaction, target);
        }

        for (var observed = found.Events is null ? found._nextObserved : found; observed is not null; observed = observed._nextObserved)
        {
            observed.Events!.Add(happened);
        }
    }

    /// <summary>From the inside out, as Yjs orders them, though each needs to know the one that holds it.</summary>
    private static ChangedParent AddWithParents(Transaction transaction, TypeNode type)
    {
        var (store, all) = (transaction.Doc.Store, transaction.ChangedParents);
        var path = new List<TypeNode>();
        ChangedParent? above = null;
        for (var next = type; !all.TryGetValue(next, out above);)
        {
            path.Add(next);
            if (next.Item < 0)
            {
                break;
            }

            next = store.Parent(next.Item);
        }

        var first = all.Count;
        foreach (var node in path)
        {
            all.Add(node, null!);
        }

        for (var i = path.Count - 1; i >= 0; i--)
        {
            above = new ChangedParent
            {
                Events = path[i].Facade is { HasDeepObservers: true } ? [] : null,
                Depth = above is null ? 0 : above.Depth + 1,
                _nextObserved = above is { Events: null } ? above._nextObserved : above,
            };
            all.SetAt(first + i, above);
        }

        return above!;
    }
}
