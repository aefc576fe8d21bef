namespace Roost.Crdt;

public sealed partial class Transaction
{
    private Dictionary<object, object?>? _meta;

    /// <summary>Room for the application, for as long as the transaction is valid.</summary>
    public IDictionary<object, object?> Meta => _meta ??= [];

    /// <summary>
    /// The types that changed, with all that hold them: complete from <see cref="YDoc.AfterTransaction"/> on. A copy. Empty while neither an observer nor a handler of that event listens.
    /// </summary>
    public IReadOnlyCollection<YType> ChangedParentTypes => [.. ChangedParents.Keys.Select(type => type.View())];

    /// <summary>What the document knew before the transaction: the next clock of every client. A copy.</summary>
    public IReadOnlyDictionary<ulong, uint> BeforeState() => StateOf(client => YDoc.BeforeClock(this, client));

    /// <summary>What it knew after the body of the transaction; meant for the events from <see cref="YDoc.BeforeObserverCalls"/> on. A copy.</summary>
    public IReadOnlyDictionary<ulong, uint> AfterState()
    {
        var after = Changes.ToDictionary(change => change.Client, change => change.After);
        return StateOf(client => after.TryGetValue(client.Index, out var clock) ? clock : client.Next);
    }

    private Dictionary<ulong, uint> StateOf(Func<ClientBlocks, uint> clock) => Doc.Store.Clients
        .Select(client => (client.Id, Clock: clock(client)))
        .Where(entry => entry.Clock > 0)
        .ToDictionary(entry => entry.Id, entry => entry.Clock);
}
