using Roost.Core.Cores;
using Roost.Rtc.Stun;

namespace Roost.Rtc.Ice;

/// <summary>Connectivity checks: pacing, repetition, answers (RFC 8445 §7).</summary>
public sealed partial class IceAgent
{
    /// <summary>Checks remembered until answered; the oldest make room.</summary>
    private const int MaxTransactions = 512;

    private readonly Queue<CandidatePair> _triggered = new();
    private readonly Dictionary<StunTransactionId, Check> _transactions = [];
    private Instant _nextCheckAt;

    /// <inheritdoc/>
    public Wake? NextWake
    {
        get
        {
            if (State == IceState.Closed)
            {
                return null;
            }
            var at = Instant.Min(_gatherDeadline, _pathPair is null ? Instant.Never : ConsentAt());
            foreach (var query in _queries)
            {
                at = Instant.Min(at, query.RepeatAt);
            }
            if (_remote is not null)
            {
                foreach (var pair in _pairs)
                {
                    at = Instant.Min(at, pair.State == PairState.InProgress || pair.RepeatAt != Instant.Never ? pair.RepeatAt : IsReady(pair) ? _nextCheckAt : Instant.Never);
                }
                at = _triggered.Count > 0 ? Instant.Min(at, _nextCheckAt) : at;
                at = Instant.Min(at, NominationAt());
                at = Instant.Min(at, FailureAt());
            }
            Wake? wake = at == Instant.Never ? null : new Wake(at, "check, keep consent or ask a server");
            foreach (var server in _turnServers)
            {
                wake = Wake.Earlier(wake, server.Client.NextWake);
            }
            return wake;
        }
    }

    private void Drive(Instant now)
    {
        foreach (var server in _turnServers)
        {
            if (server.Client.NextWake is { } wake && wake.At <= now)
            {
                server.Client.Tick(now);
            }
            DrainTurn(server, now);
        }
        RepeatQueries(now);
        CheckGathered(now);
        KeepConsent(now);
        if (_remote is null)
        {
            return;
        }
        foreach (var pair in _pairs)
        {
            if (pair.RepeatAt <= now)
            {
                Repeat(pair, now);
            }
        }
        if (_nextCheckAt <= now && NextToCheck() is { } next)
        {
            _nextCheckAt = now + _options.CheckEvery;
            Begin(next, now);
        }
        Nominate(now);
        if (FailureAt() <= now)
        {
            SetState(IceState.Failed);
        }
    }

    private bool IsReady(CandidatePair pair) =>
        pair.State == PairState.Waiting && (pair.Local.Relay is null || pair.Local.Relay.IsPermitted(pair.Remote.Address))
        // Once connected directly, pairs of lower rank would only tell what is not needed.
        && !(State == IceState.Connected && _selected is { IsRelayed: false } && pair.PriorityFor(Role) < _selected.PriorityFor(Role));

    private CandidatePair? NextToCheck()
    {
        while (_triggered.TryDequeue(out var triggered))
        {
            if (triggered.State is PairState.Waiting or PairState.Failed)
            {
                return triggered;
            }
        }
        CandidatePair? best = null;
        foreach (var pair in _pairs)
        {
            if (IsReady(pair) && (best is null || pair.PriorityFor(Role) > best.PriorityFor(Role)))
            {
                best = pair;
            }
        }
        return best;
    }

    private void Trigger(CandidatePair pair)
    {
        if (pair.State == PairState.InProgress)
        {
            // The answer to the running check may have been lost to the NAT that this packet just opened: go again at once.
            pair.State = PairState.Waiting;
            pair.RepeatAt = Instant.Never;
        }
        if (!_triggered.Contains(pair))
        {
            _triggered.Enqueue(pair);
            _nextCheckAt = default;
        }
    }

    private void Begin(CandidatePair pair, Instant now)
    {
        pair.State = PairState.InProgress;
        pair.Tries = 0;
        pair.CheckId = new StunTransactionId(_transactionPrefix, _dice.NextUInt64());
        Repeat(pair, now);
    }

    private void Repeat(CandidatePair pair, Instant now)
    {
        if (pair.Tries == _options.MaxCheckTries)
        {
            pair.RepeatAt = Instant.Never;
            if (pair.State == PairState.InProgress)
            {
                pair.State = PairState.Failed;
            }
            return;
        }
        pair.RepeatAt = now + _options.CheckRto * (1 << Math.Min(pair.Tries, 4));
        pair.Tries++;
        SendCheck(pair, pair.CheckId, pair.NominationWanted && Role == IceRole.Controlling, now);
    }

    private void SendCheck(CandidatePair pair, StunTransactionId id, bool nominate, Instant now)
    {
        if (_transactions.Count >= MaxTransactions)
        {
            _transactions.Remove(_transactions.MinBy(t => t.Value.SentAt).Key);
        }
        _transactions[id] = new Check(pair, nominate, Role, now);
        Span<byte> buffer = stackalloc byte[1024];
        var writer = new StunWriter(buffer, StunType.BindingRequest, id);
        writer.Add(StunAttribute.Username, $"{_remote!.UsernameFragment}:{Local.UsernameFragment}");
        writer.AddUInt32(StunAttribute.Priority, IceCandidate.PriorityOf(IceCandidateType.PeerReflexive, (int)(pair.Local.Priority >> 8)));
        writer.AddUInt64(Role == IceRole.Controlling ? StunAttribute.IceControlling : StunAttribute.IceControlled, _tieBreaker);
        if (nominate)
        {
            writer.Add(StunAttribute.UseCandidate, default(ReadOnlySpan<byte>));
        }
        SendFrom(pair.Local, pair.Remote.Address, buffer[..writer.Finish(_remoteKey)], now);
    }

    private void SendFrom(LocalBase local, TransportAddress to, ReadOnlySpan<byte> bytes, Instant now)
    {
        if (local.Relay is null)
        {
            Emit(new IceEffect.Send(local.Port, to, bytes.ToArray()));
            return;
        }
        local.Relay.Permit(to, now);
        DrainTurnOf(local, now);
        Span<byte> wrapped = stackalloc byte[bytes.Length + 64];
        var length = local.Relay.Wrap(to, bytes, wrapped);
        Emit(new IceEffect.Send(local.Port, ServerOf(local), wrapped[..length].ToArray()));
    }

    private void OnCheckAnswer(in StunMessage message, LocalBase local, TransportAddress from, Instant now)
    {
        if (!_transactions.TryGetValue(message.TransactionId, out var check) || !message.HasIntegrity(_remoteKey))
        {
            return;
        }
        var pair = check.Pair;
        if (StunType.IsError(message.Type))
        {
            _transactions.Remove(message.TransactionId);
            OnCheckError(message.ErrorCode, check);
            return;
        }
        if (pair.Local != local || pair.Remote.Address != from)
        {
            // RFC 8445 §7.2.5.2.1: an answer must come back the way the request went.
            pair.State = PairState.Failed;
            pair.RepeatAt = Instant.Never;
            return;
        }
        _transactions.Remove(message.TransactionId);
        pair.RepeatAt = Instant.Never;
        pair.RoundTrip = now - check.SentAt;
        pair.State = PairState.Succeeded;
        Emit(new IceEffect.PeerAddress(local.Port, from));
        OnValid(pair, check.Nominate, now);
    }

    private void OnCheckError(int code, in Check check)
    {
        if (code == StunError.RoleConflict)
        {
            // RFC 8445 §7.2.5.1: the other side keeps its role, so this one changes and asks again.
            if (check.Role == Role)
            {
                SetRole(Role == IceRole.Controlling ? IceRole.Controlled : IceRole.Controlling);
            }
            check.Pair.State = PairState.Waiting;
            check.Pair.RepeatAt = Instant.Never;
            Trigger(check.Pair);
            return;
        }
        check.Pair.RepeatAt = Instant.Never;
        check.Pair.State = PairState.Failed;
    }

    private Instant FailureAt()
    {
        if (State is not (IceState.Checking or IceState.Disconnected) || _pathPair is not null
            || _pairs.Exists(p => p.State is PairState.Waiting or PairState.InProgress or PairState.Succeeded))
        {
            return Instant.Never;
        }
        return _checkingSince + _options.FailAfter;
    }

    private readonly record struct Check(CandidatePair Pair, bool Nominate, IceRole Role, Instant SentAt);
}
