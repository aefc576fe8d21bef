namespace Roost.Crdt;

/// <summary>
/// Who wrote and who deleted what, kept in the document itself: a map from people to the client ids they wrote under and to what they deleted.
/// The same shape and bytes as Yjs's class of this name, for showing authors in a history.
/// </summary>
/// <remarks>
/// What a transaction deleted is noted when no transaction is under way any more (Yjs: at the next turn of its event loop), in a transaction of its own.
/// What others put into the map and is not of this shape is passed over. Anybody who may write may claim anything here. Not thread-safe, as the document.
/// </remarks>
public sealed class PermanentUserData : IDisposable
{
    private readonly YDoc _doc;
    private readonly Dictionary<ulong, string> _clients = [];
    private readonly OrderedDictionary<string, DeleteSet> _deleted = [];
    private readonly Queue<Action> _later = [];
    private readonly List<Action> _stop = [];
    private bool _running;

    /// <summary>Reads the map and follows it.</summary>
    /// <param name="doc">The document.</param>
    /// <param name="users">Where it is kept; null: the root map <c>users</c>, as in Yjs.</param>
    public PermanentUserData(YDoc doc, YMap? users = null)
    {
        ArgumentNullException.ThrowIfNull(doc);
        _doc = doc;
        Users = users ?? doc.GetMap("users");
        if (!ReferenceEquals(Users.Doc, doc))
        {
            throw new ArgumentException("The map is not part of this document.", nameof(users));
        }

        Follow(Users, happened =>
        {
            foreach (var user in happened.KeysChanged)
            {
                Read(user, Users[user]);
            }
        });
        foreach (var (user, entry) in Users)
        {
            Read(user, entry);
        }

        doc.AfterAllTransactions += RunLater;
        _stop.Add(() => doc.AfterAllTransactions -= RunLater);
    }

    /// <summary>The map it is kept in.</summary>
    public YMap Users { get; }

    /// <summary>Who wrote under each client id.</summary>
    public IReadOnlyDictionary<ulong, string> Clients => _clients;

    /// <summary>What each person deleted.</summary>
    public IReadOnlyDictionary<string, DeleteSet> DeletedBy => _deleted;

    /// <summary>Says that a person writes under a client id here, and from now on notes what is deleted here as theirs.</summary>
    /// <param name="clientId">Usually <see cref="YDoc.ClientId"/>.</param>
    /// <param name="user">The person, as all replicas call them.</param>
    /// <param name="filter">Whether a transaction's deletions are noted; null: those of every local one.</param>
    public void SetUserMapping(ulong clientId, string user, Func<Transaction, DeleteSet, bool>? filter = null)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(clientId, ByteReader.MaxSafeInteger);
        var own = MapOf(user);
        if (own is null)
        {
            own = new YMap { [Ids] = new YArray(), [Deletions] = new YArray() };
            Users[user] = own;
        }

        ListOf(own, Ids)?.Push(clientId);
        Follow(Users, _ => _later.Enqueue(() =>
        {
            var now = MapOf(user);
            if (ReferenceEquals(now, own))
            {
                return;
            }

            own = now;
            Port(user, own);
        }));
        _doc.AfterTransaction += Note;
        _stop.Add(() => _doc.AfterTransaction -= Note);

        void Note(Transaction transaction)
        {
            if (transaction.IsLocal && transaction.DeleteSet is { IsEmpty: false } deleted && filter?.Invoke(transaction, deleted) != false)
            {
                _later.Enqueue(() => ListOf(own, Deletions)?.Push(deleted.Encode()));
            }
        }
    }

    /// <summary>Who wrote under a client id, or null if nobody says so.</summary>
    public string? GetUserByClientId(ulong clientId) => _clients.GetValueOrDefault(clientId);

    /// <summary>Who deleted a unit, or null if nobody says so.</summary>
    public string? GetUserByDeletedId(StructId id)
    {
        foreach (var (user, deleted) in _deleted)
        {
            if (deleted.Contains(id))
            {
                return user;
            }
        }

        return null;
    }

    /// <summary>Follows the map no longer, and notes nothing more.</summary>
    public void Dispose()
    {
        _stop.ForEach(stop => stop());
        _stop.Clear();
        _later.Clear();
    }

    private const string Ids = "ids";

    private const string Deletions = "ds";

    /// <summary>Two replicas named the same person at once and one of their maps lost: what is known goes into the other.</summary>
    private void Port(string user, YMap? own)
    {
        foreach (var (client, name) in _clients.ToArray())
        {
            if (name == user)
            {
                ListOf(own, Ids)?.Push(client);
            }
        }

        if (_deleted.TryGetValue(user, out var deleted))
        {
            ListOf(own, Deletions)?.Push(deleted.Encode());
        }
    }

    private void Read(string user, in YValue entry)
    {
        if (entry.Reference is not YMap own || ListOf(own, Ids) is not { } ids || ListOf(own, Deletions) is not { } deletions)
        {
            return;
        }

        Follow(deletions, happened => AddDeletions(user, _deleted.GetValueOrDefault(user) ?? new(), Inserted(happened)));
        AddDeletions(user, new(), deletions);
        Follow(ids, happened => AddClients(user, Inserted(happened)));
        AddClients(user, ids);
    }

    private void AddDeletions(string user, DeleteSet known, IEnumerable<YValue> encoded)
    {
        foreach (var bytes in encoded)
        {
            if (bytes.Kind == YValueKind.Binary && DeleteSet.TryDecode(bytes.AsBinary, out var deleted))
            {
                known = DeleteSet.Union(known, deleted);
            }
        }

        _deleted[user] = known;
    }

    private void AddClients(string user, IEnumerable<YValue> ids)
    {
        foreach (var id in ids)
        {
            if (id.Kind == YValueKind.Number && id.AsNumber is >= 0 and <= ByteReader.MaxSafeInteger)
            {
                _clients[(ulong)id.AsNumber] = user;
            }
        }
    }

    private static IEnumerable<YValue> Inserted(YEvent happened) =>
        happened.Delta.Where(op => op.Insert.Kind == YValueKind.Array).SelectMany(op => op.Insert.AsArray);

    private void Follow(YType type, Action<YEvent> handler) => _stop.Add(type.Observe(handler).Dispose);

    private YMap? MapOf(string user) => Users[user].Reference as YMap;

    private static YArray? ListOf(YMap? own, string name) => own is { IsDeleted: false } ? own[name].Reference as YArray : null;

    private void RunLater(YDoc doc, IReadOnlyList<Transaction> transactions)
    {
        if (_running)
        {
            return;
        }

        _running = true;
        try
        {
            while (_later.TryDequeue(out var step))
            {
                step();
            }
        }
        finally
        {
            _running = false;
        }
    }
}
