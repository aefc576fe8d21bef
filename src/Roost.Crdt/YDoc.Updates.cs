using System.Diagnostics.CodeAnalysis;

namespace Roost.Crdt;

public sealed partial class YDoc
{
    private readonly Stack<UpdateEncoderV1> _encodersV1 = [];
    private readonly Stack<UpdateEncoderV2> _encodersV2 = [];
    private DecodedUpdate? _spareDecoded;
    private UpdateIntegrator? _spareIntegrator;

    /// <summary>True while structs or deletions wait for others that have not come.</summary>
    public bool HasPending => Store.PendingStructs is not null || Store.PendingDeletes is not null;

    /// <summary>The clocks that are waited for, by client; empty if nothing is.</summary>
    public IReadOnlyDictionary<ulong, uint> Missing => Store.PendingStructs?.Missing ?? [];

    /// <summary>Applies an update in format V1: in any order, more than once, before what it depends on.</summary>
    /// <param name="update">From an <see cref="Update"/> event, <see cref="EncodeStateAsUpdate"/> or Yjs.</param>
    /// <param name="origin">Handed to observers.</param>
    /// <exception cref="UpdateFormatException">It is not an update, or too large; the document is unchanged.</exception>
    public void ApplyUpdate(ReadOnlySpan<byte> update, object? origin = null) => Apply(update, v2: false, origin);

    /// <summary>Applies an update in format V2.</summary>
    /// <inheritdoc cref="ApplyUpdate"/>
    public void ApplyUpdateV2(ReadOnlySpan<byte> update, object? origin = null) => Apply(update, v2: true, origin);

    /// <summary>Applies an update of a stranger: no exception for bad bytes.</summary>
    /// <param name="update">The bytes.</param>
    /// <param name="refusal">Why it was refused and where; null if it was applied.</param>
    /// <param name="v2">Whether it is in format V2.</param>
    /// <param name="origin">Handed to observers.</param>
    /// <returns>False if it was refused; the document is unchanged then.</returns>
    public bool TryApplyUpdate(ReadOnlySpan<byte> update, [NotNullWhen(false)] out UpdateFormatException? refusal, bool v2 = false, object? origin = null)
    {
        DecodedUpdate decoded;
        try
        {
            decoded = Decode(update, v2);
        }
        catch (UpdateFormatException wrong)
        {
            refusal = wrong;
            return false;
        }

        refusal = null;
        Apply(decoded, origin);
        return true;
    }

    /// <summary>Everything that somebody with the given state lacks, as one V1 update, with what is pending here.</summary>
    /// <param name="stateVector">What the other knows, from <see cref="EncodeStateVector"/>; empty: nothing.</param>
    /// <exception cref="UpdateFormatException">The state vector is malformed.</exception>
    public byte[] EncodeStateAsUpdate(ReadOnlySpan<byte> stateVector = default) => Encode(stateVector, v2: false);

    /// <summary>Like <see cref="EncodeStateAsUpdate"/> in format V2: half the size for a whole document.</summary>
    public byte[] EncodeStateAsUpdateV2(ReadOnlySpan<byte> stateVector = default) => Encode(stateVector, v2: true);

    /// <summary>What this replica knows: the next clock of every client.</summary>
    public byte[] EncodeStateVector() => StateVectors.Encode(StateVector());

    /// <summary>What this replica knows: the next clock of every client.</summary>
    public IReadOnlyDictionary<ulong, uint> StateVector() =>
        Store.Clients.Where(client => client.Count > 0).ToDictionary(client => client.Id, client => client.Next);

    internal UpdateEncoder RentEncoder(bool v2)
    {
        UpdateEncoder encoder = v2
            ? _encodersV2.TryPop(out var second) ? second : new UpdateEncoderV2()
            : _encodersV1.TryPop(out var first) ? first : new UpdateEncoderV1();
        encoder.Reset();
        return encoder;
    }

    /// <summary>Keeps small encoders for the next time; a large one goes, so that one export does not cost memory for good.</summary>
    internal void ReturnEncoder(UpdateEncoder encoder)
    {
        if (encoder.Rest.Count > 16 * 1024)
        {
            encoder.Drop();
            return;
        }

        switch (encoder)
        {
            case UpdateEncoderV1 first: _encodersV1.Push(first); break;
            case UpdateEncoderV2 second: _encodersV2.Push(second); break;
        }
    }

    internal static void EnsureRoom(ClientBlocks client, uint length)
    {
        if (uint.MaxValue - client.Next < length)
        {
            throw new InvalidOperationException("This client id has used all of its 2^32 - 1 clocks; continue with another.");
        }
    }

    /// <summary>
    /// Tries what waits (<see cref="HasPending"/>) once more. Yjs 13.6 looks at it again only when a clock it noted is passed, as this engine does byte for byte;
    /// where updates of several clients arrive in certain orders, what they wait for may lie among what waits, and then nobody ever looks. Call it when nothing more is on its way.
    /// </summary>
    /// <param name="origin">The transaction's origin.</param>
    /// <returns>Whether anything was taken in.</returns>
    public bool TryPendingAgain(object? origin = null)
    {
        if (Store.PendingStructs is not { } pending)
        {
            return false;
        }
        Store.PendingStructs = null;
        Apply(pending.Update, v2: true, origin);
        return Store.PendingStructs is null || !Store.PendingStructs.Update.AsSpan().SequenceEqual(pending.Update);
    }

    private byte[] Encode(ReadOnlySpan<byte> stateVector, bool v2)
    {
        var known = stateVector.IsEmpty ? [] : StateVectors.Decode(stateVector);
        var encoder = RentEncoder(v2);
        UpdateWriter.WriteState(encoder, Store, known);
        var own = encoder.ToArray();
        ReturnEncoder(encoder);
        if (!HasPending)
        {
            return own;
        }

        var updates = new List<byte[]> { own };
        if (Store.PendingDeletes is { } deletes)
        {
            updates.Add(v2 ? deletes : YUpdates.ConvertV2ToV1(deletes));
        }

        if (Store.PendingStructs is { } structs)
        {
            var lacking = YUpdates.Diff(structs.Update, known, v2: true);
            updates.Add(v2 ? lacking : YUpdates.ConvertV2ToV1(lacking));
        }

        return v2 ? YUpdates.MergeV2(updates) : YUpdates.Merge(updates);
    }

    private void Apply(ReadOnlySpan<byte> update, bool v2, object? origin) => Apply(Decode(update, v2), origin);

    /// <summary>Everything that can be wrong with bytes is found here, before anything is changed.</summary>
    private DecodedUpdate Decode(ReadOnlySpan<byte> update, bool v2)
    {
        var decoded = _spareDecoded ?? new DecodedUpdate();
        _spareDecoded = null;
        try
        {
            decoded.Fill(update, v2, Options.Limits);
            PendingBudget.Check(this, decoded, update.Length);
            return decoded;
        }
        catch
        {
            Return(decoded);
            throw;
        }
    }

    private void Apply(DecodedUpdate decoded, object? origin)
    {
        var transaction = Enter(origin, local: false, out var outermost);
        try
        {
            transaction.IsLocal = false;
            ApplyStructs(transaction, decoded);
        }
        finally
        {
            Return(decoded);
            Leave(transaction, outermost);
        }
    }

    private void ApplyStructs(Transaction transaction, DecodedUpdate decoded)
    {
        var integrator = _spareIntegrator ?? new UpdateIntegrator();
        _spareIntegrator = null;
        var rest = integrator.Run(transaction, decoded);
        _spareIntegrator = decoded.StructCount < 1000 ? integrator : null;
        var retry = false;
        if (Store.PendingStructs is { } pending)
        {
            retry = pending.Missing.Any(entry => entry.Value < Store.State(entry.Key));
            if (rest is not null)
            {
                foreach (var (client, clock) in rest.Missing)
                {
                    pending.Missing[client] = pending.Missing.TryGetValue(client, out var noted) ? Math.Min(noted, clock) : clock;
                }

                Store.PendingStructs = pending with { Update = YUpdates.MergeV2([pending.Update, rest.Update]) };
            }
        }
        else
        {
            Store.PendingStructs = rest;
        }

        DeleteApplication.Apply(transaction, decoded);
        if (retry)
        {
            var again = Store.PendingStructs!.Update;
            Store.PendingStructs = null;
            using var waiting = DecodedUpdate.Read(again, v2: true, Options.Limits);
            ApplyStructs(transaction, waiting);
        }
    }

    /// <summary>Small ones are used again; what one large update needed is given back.</summary>
    private void Return(DecodedUpdate decoded)
    {
        var large = decoded.StructCount > 1000 || decoded.Names.Count > 1000 || decoded.Clients.Count > 1000;
        decoded.Clear();
        if (large)
        {
            decoded.Dispose();
        }
        else
        {
            _spareDecoded = decoded;
        }
    }
}
