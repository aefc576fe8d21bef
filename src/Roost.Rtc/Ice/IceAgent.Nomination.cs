using Roost.Core.Cores;

namespace Roost.Rtc.Ice;

/// <summary>Which pair is used (RFC 8445 §8): regular nomination, repeated when something better turns up.</summary>
public sealed partial class IceAgent
{
    private CandidatePair? _selected;
    private CandidatePair? _pathPair;
    private Instant _firstValidAt = Instant.Never;

    private void OnValid(CandidatePair pair, bool wasNomination, Instant now)
    {
        _firstValidAt = Instant.Min(_firstValidAt, now);
        if (wasNomination || (Role == IceRole.Controlled && pair.NominationWanted))
        {
            Select(pair, now);
        }
        else if (_selected is null)
        {
            // Data may use a valid pair before nomination (RFC 8445 §12.1).
            ChoosePath();
        }
        if (pair == _pathPair)
        {
            OnConsent(now);
        }
    }

    private void Select(CandidatePair pair, Instant now)
    {
        pair.NominationWanted = false;
        if (_selected != pair)
        {
            // The controlled side follows the latest nomination: browsers nominate more than once.
            _selected = pair;
            ChoosePath();
            OnConsent(now);
        }
    }

    private void ChoosePath()
    {
        var best = _selected ?? BestValid();
        // After a restart the old pair carries on until a new one works (RFC 8445 §9).
        if (best is null || best == _pathPair)
        {
            PathRelay = _pathPair?.Local.Relay;
            return;
        }
        _pathPair = best;
        PathRelay = best.Local.Relay;
        PathRelay?.Bind(best.Remote.Address, _lastNow);
        Path = best.ToPath();
        Emit(new IceEffect.PathChanged(Path));
    }

    private Instant _lastNow;

    private CandidatePair? BestValid()
    {
        CandidatePair? best = null;
        foreach (var pair in _pairs)
        {
            // A path whose answers stopped is not valid any more, though its pair once succeeded.
            var isSilent = pair == _pathPair && State == IceState.Disconnected;
            if (pair.State == PairState.Succeeded && !isSilent && (best is null || pair.PriorityFor(Role) > best.PriorityFor(Role)))
            {
                best = pair;
            }
        }
        return best;
    }

    private void Nominate(Instant now)
    {
        _lastNow = now;
        if (NominationAt() > now || BestValid() is not { } best)
        {
            return;
        }
        best.NominationWanted = true;
        best.CheckId = new Stun.StunTransactionId(_transactionPrefix, _dice.NextUInt64());
        best.Tries = 0;
        Repeat(best, now);
    }

    /// <summary>When the best valid pair is good enough to be nominated; never while there is nothing to do.</summary>
    private Instant NominationAt()
    {
        if (Role != IceRole.Controlling || BestValid() is not { } best || best == _selected || best.NominationWanted)
        {
            return Instant.Never;
        }
        if (_selected is not null)
        {
            // Leave a relay for a direct pair, and a dead pair for a living one; otherwise stay.
            return (_selected.IsRelayed && !best.IsRelayed) || State == IceState.Disconnected ? _lastNow : Instant.Never;
        }
        var priority = best.PriorityFor(Role);
        if (!_pairs.Exists(p => p.State is PairState.Waiting or PairState.InProgress && p.PriorityFor(Role) > priority))
        {
            // Nothing better can come, unless candidates are still to come and this one is a relay.
            return best.IsRelayed && !_remoteDone ? _firstValidAt + _options.RelayPatience : _lastNow;
        }
        return _firstValidAt + (best.IsRelayed ? _options.RelayPatience : _options.DirectPatience);
    }
}
