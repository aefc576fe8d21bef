namespace Roost.Crdt;

/// <summary>What a document showed at a moment: a state and what was deleted in it. A few bytes, as the content stays in the document.</summary>
/// <remarks>Restoring needs a document that does not collect garbage (<see cref="YDocOptions.Gc"/> off). Immutable.</remarks>
public sealed class Snapshot
{
    private readonly IReadOnlyDictionary<ulong, uint> _state;

    private Snapshot(DeleteSet deletes, IReadOnlyDictionary<ulong, uint> state) => (Deletes, _state) = (deletes, state);

    /// <summary>The moment before anything was written.</summary>
    public static Snapshot Empty { get; } = new(new(), new Dictionary<ulong, uint>());

    /// <summary>What was deleted.</summary>
    public DeleteSet Deletes { get; }

    /// <summary>The next clock of each client.</summary>
    public IReadOnlyDictionary<ulong, uint> State => _state;

    /// <summary>This moment.</summary>
    public static Snapshot Of(YDoc doc)
    {
        ArgumentNullException.ThrowIfNull(doc);
        return new(UpdateWriter.DeletesOf(doc.Store), doc.StateVector());
    }

    /// <summary>Reads what <see cref="Encode"/> or Yjs wrote.</summary>
    /// <exception cref="UpdateFormatException">The bytes are no snapshot.</exception>
    public static Snapshot Decode(ReadOnlySpan<byte> bytes, bool v2 = false)
    {
        var input = new ByteReader(bytes);
        var deletes = DeleteSet.Read(ref input, v2);
        return new Snapshot(deletes, StateVectors.Read(ref input));
    }

    /// <summary>The snapshot as bytes, the same as Yjs's.</summary>
    public byte[] Encode(bool v2 = false)
    {
        UpdateEncoder encoder = v2 ? new UpdateEncoderV2() : new UpdateEncoderV1();
        Deletes.Write(encoder);
        StateVectors.Write(encoder.Rest, _state);
        return encoder.Rest.ToArray();
    }

    /// <summary>A new document with the content of that moment.</summary>
    /// <param name="origin">The document the snapshot is of.</param>
    /// <param name="restored">An empty document to fill.</param>
    /// <exception cref="InvalidOperationException">The document collects garbage.</exception>
    public YDoc Restore(YDoc origin, YDoc restored)
    {
        ArgumentNullException.ThrowIfNull(origin);
        ArgumentNullException.ThrowIfNull(restored);
        if (origin.Options.Gc)
        {
            throw new InvalidOperationException("A document that collects garbage cannot be restored: turn Gc off in its options.");
        }

        var encoder = new UpdateEncoderV2();
        origin.Transact(transaction => Write(encoder, transaction));
        restored.ApplyUpdateV2(encoder.Finish(), "snapshot");
        return restored;
    }

    /// <summary>True if a document in this state has all that the update says.</summary>
    public bool Contains(ReadOnlySpan<byte> update, bool v2 = false)
    {
        using var decoded = DecodedUpdate.Read(update, v2, YDocLimits.Default);
        foreach (ref readonly var item in decoded.Structs)
        {
            if (_state.GetValueOrDefault(decoded.Clients[item.Client]) < item.End)
            {
                return false;
            }
        }

        return Deletes.SameAs(DeleteSet.Union(Deletes, DeleteSet.From(decoded)));
    }

    /// <summary>Equal states and equal deletions.</summary>
    public bool SameAs(Snapshot other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _state.Count == other._state.Count && _state.All(entry => other._state.TryGetValue(entry.Key, out var clock) && clock == entry.Value)
            && Deletes.SameAs(other.Deletes);
    }

    internal bool Knows(StructId id) => _state.GetValueOrDefault(id.Client) > id.Clock;

    internal bool Shows(StructId id) => Knows(id) && !Deletes.Contains(id);

    /// <summary>Cuts the document's items where the snapshot begins or ends in them.</summary>
    internal void Split(Transaction transaction)
    {
        if (!transaction.FirstSplitFor(this))
        {
            return;
        }

        var store = transaction.Doc.Store;
        foreach (var (id, clock) in _state)
        {
            if (store.TryGetClient(id, out var client) && clock < client.Next)
            {
                store.CleanStart(transaction, client, clock);
            }
        }

        store.ForEachIn(transaction, Deletes, static _ => { });
    }

    private void Write(UpdateEncoderV2 encoder, Transaction transaction)
    {
        var store = transaction.Doc.Store;
        var clients = _state.Where(entry => entry.Value > 0 && store.TryGetClient(entry.Key, out _)).ToList();
        encoder.Rest.WriteVarUint((uint)clients.Count);
        foreach (var (id, clock) in clients)
        {
            store.TryGetClient(id, out var client);
            if (clock < client!.Next)
            {
                store.CleanStart(transaction, client, clock);
            }

            var count = client.Find(Math.Min(clock, client.Next) - 1) + 1;
            UpdateWriter.WriteStructs(encoder, store, client, clock: 0, count, deletes: null);
        }

        Deletes.Write(encoder);
    }
}
