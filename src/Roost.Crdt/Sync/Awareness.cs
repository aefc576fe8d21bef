using Roost.Core.Cores;

namespace Roost.Crdt;

/// <summary>Presence: a small state per client (name, cursor, …) that is not part of the document and vanishes with the client.</summary>
/// <remarks>
/// The y-protocols awareness. A core without a clock: tell it the time, and call <see cref="Tick"/> when <see cref="NextWake"/> is due.
/// Not thread-safe.
/// </remarks>
public sealed class Awareness
{
    /// <summary>A client that says nothing for so long is gone. y-protocols: 30 s.</summary>
    public static readonly TimeSpan Outdated = TimeSpan.FromSeconds(30);

    /// <summary>How often the own state is said again. y-protocols: half of <see cref="Outdated"/>.</summary>
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(15);

    private readonly OrderedDictionary<ulong, YValue> _states = [];
    private readonly Dictionary<ulong, (ulong Clock, Instant At)> _meta = [];
    private readonly int _maxClients;

    /// <summary>Presence for a document; begins with an empty own state.</summary>
    /// <param name="clientId">The document's client id.</param>
    /// <param name="now">The time.</param>
    /// <param name="maxClients">Further clients are ignored until others have been gone for <see cref="Outdated"/>: a stranger may name as many as he likes.</param>
    public Awareness(ulong clientId, Instant now, int maxClients = 10_000)
    {
        (ClientId, _maxClients) = (clientId, maxClients);
        SetLocalState(new YObject(), now);
    }

    /// <summary>The own client.</summary>
    public ulong ClientId { get; }

    /// <summary>The states of all clients that are there.</summary>
    public IReadOnlyDictionary<ulong, YValue> States => _states;

    /// <summary>The own state, or null.</summary>
    public YValue LocalState => _states.TryGetValue(ClientId, out var state) ? state : YValue.Null;

    /// <summary>When the next renewal or removal is due.</summary>
    public Wake? NextWake
    {
        get
        {
            Wake? next = null;
            foreach (var (client, meta) in _meta)
            {
                if (_states.ContainsKey(client))
                {
                    next = Wake.Earlier(next, client == ClientId
                        ? new Wake(meta.At + RenewEvery, "say own presence again")
                        : new Wake(meta.At + Outdated, "forget a silent client"));
                }
            }

            return next;
        }
    }

    /// <summary>States came, went or differ.</summary>
    public event Action<AwarenessChange>? Changed;

    /// <summary>Like <see cref="Changed"/>, also for states that were only said again: what has to be passed on.</summary>
    public event Action<AwarenessChange>? Updated;

    /// <summary>Says the own state; null: not there any more.</summary>
    public void SetLocalState(YValue state, Instant now)
    {
        var before = LocalState;
        var clock = _meta.TryGetValue(ClientId, out var meta) ? After(meta.Clock) : 0;
        _meta[ClientId] = (clock, now);
        if (state.IsNullish)
        {
            _states.Remove(ClientId);
            Emit([], [], [], [ClientId], "local");
        }
        else
        {
            _states[ClientId] = state;
            ulong[] own = [ClientId];
            Emit(before.IsNullish ? own : [], before.IsNullish ? [] : own, before.IsNullish || before == state ? [] : own, [], "local");
        }
    }

    /// <summary>Changes one field of the own state; nothing if there is none.</summary>
    public void SetLocalStateField(string field, YValue value, Instant now)
    {
        if (LocalState is { Kind: YValueKind.Object } state)
        {
            SetLocalState(new YObject(state.AsObject) { [field] = value }, now);
        }
    }

    /// <summary>Says the own state again when it is time, and removes clients that fell silent.</summary>
    public void Tick(Instant now)
    {
        if (!LocalState.IsNullish && now - _meta[ClientId].At >= RenewEvery)
        {
            SetLocalState(LocalState, now);
        }

        var silent = _meta.Where(entry => entry.Key != ClientId && now - entry.Value.At >= Outdated && _states.ContainsKey(entry.Key));
        Remove([.. silent.Select(entry => entry.Key)], now, "timeout");
    }

    /// <summary>Removes clients, for instance those of a connection that closed.</summary>
    public void Remove(IReadOnlyList<ulong> clients, Instant now, object? origin = null)
    {
        ArgumentNullException.ThrowIfNull(clients);
        var removed = clients.Where(_states.Remove).ToList();
        if (removed.Contains(ClientId))
        {
            _meta[ClientId] = (After(_meta[ClientId].Clock), now);
        }

        Emit([], [], [], removed, origin);
    }

    /// <summary>States of some clients for others; null: of all that are there.</summary>
    public byte[] EncodeUpdate(IEnumerable<ulong>? clients = null)
    {
        var chosen = (clients ?? _states.Keys).Where(_meta.ContainsKey).ToList();
        var output = new ByteWriter();
        output.WriteVarUint((uint)chosen.Count);
        foreach (var client in chosen)
        {
            output.WriteVarUint(client);
            output.WriteVarUint(_meta[client].Clock);
            output.WriteVarString(_states.TryGetValue(client, out var state) ? state.ToJson() : "null");
        }

        return output.ToArray();
    }

    /// <summary>Takes in states of others.</summary>
    /// <param name="update">From <see cref="EncodeUpdate"/> or y-protocols.</param>
    /// <param name="now">The time.</param>
    /// <param name="refusal">Why it was refused; nothing is changed then.</param>
    /// <param name="origin">Handed to observers.</param>
    public bool TryApplyUpdate(ReadOnlySpan<byte> update, Instant now, out UpdateFormatException? refusal, object? origin = null)
    {
        List<(ulong Client, ulong Clock, YValue State)> entries;
        try
        {
            entries = Read(update);
            refusal = null;
        }
        catch (UpdateFormatException wrong)
        {
            refusal = wrong;
            return false;
        }

        var (added, updated, differing, removed) = (new List<ulong>(), new List<ulong>(), new List<ulong>(), new List<ulong>());
        var mayMakeRoom = true;
        foreach (var (client, clock, state) in entries)
        {
            var known = _meta.TryGetValue(client, out var meta);
            var before = _states.TryGetValue(client, out var held) ? held : YValue.Null;
            var isNews = meta.Clock < clock || (meta.Clock == clock && state.IsNullish && !before.IsNullish);
            if (!isNews)
            {
                continue;
            }

            if (!known && _meta.Count >= _maxClients && !(mayMakeRoom && (mayMakeRoom = MakeRoom(now))))
            {
                continue;
            }

            Take(client, clock, state, now);
            if (!known && !state.IsNullish)
            {
                added.Add(client);
            }
            else if (known && state.IsNullish)
            {
                removed.Add(client);
            }
            else if (!state.IsNullish)
            {
                updated.Add(client);
                if (before != state)
                {
                    differing.Add(client);
                }
            }
        }

        Emit(added, updated, differing, removed, origin);
        return true;
    }

    /// <summary>Nobody else may say that we left: the answer is a higher clock.</summary>
    private void Take(ulong client, ulong clock, YValue state, Instant now)
    {
        if (!state.IsNullish)
        {
            _states[client] = state;
        }
        else if (client == ClientId && !LocalState.IsNullish)
        {
            clock = After(clock);
        }
        else
        {
            _states.Remove(client);
        }

        _meta[client] = (clock, now);
    }

    /// <summary>Clocks are whole numbers of JavaScript. A stranger may name the last of them for us, and there it stays: a smaller one would silence us for sure.</summary>
    private static ulong After(ulong clock) => Math.Min(clock + 1, ByteReader.MaxSafeInteger);

    /// <summary>Room for newcomers, where all is taken: those who have been gone for so long that nothing old of theirs is on its way any more are forgotten.</summary>
    private bool MakeRoom(Instant now)
    {
        var gone = _meta.Where(entry => now - entry.Value.At >= Outdated && entry.Key != ClientId && !_states.ContainsKey(entry.Key)).Select(entry => entry.Key).ToList();
        gone.ForEach(client => _meta.Remove(client));
        return gone.Count > 0;
    }

    private static List<(ulong Client, ulong Clock, YValue State)> Read(ReadOnlySpan<byte> update)
    {
        var input = new ByteReader(update);
        var entries = new List<(ulong, ulong, YValue)>();
        for (var left = input.ReadCount(atLeast: 3); left > 0; left--)
        {
            var (client, clock) = (input.ReadVarUint(), input.ReadVarUint());
            var text = input.ReadVarString();
            try
            {
                entries.Add((client, clock, JsonParser.Parse(text)));
            }
            catch (FormatException wrong) when (wrong is not UpdateFormatException)
            {
                throw input.Fault(UpdateFault.BadJson, wrong.Message);
            }
        }

        return entries;
    }

    private void Emit(IReadOnlyList<ulong> added, IReadOnlyList<ulong> updated, IReadOnlyList<ulong> differing, IReadOnlyList<ulong> removed, object? origin)
    {
        var change = new AwarenessChange(added, differing, removed, origin);
        var update = change with { Updated = updated };
        try
        {
            if (!change.IsEmpty)
            {
                Changed?.Invoke(change);
            }
        }
        finally
        {
            // What is passed on must not depend on what is shown.
            if (!update.IsEmpty)
            {
                Updated?.Invoke(update);
            }
        }
    }
}
