using Roost.Core.Cores;
using Roost.Rtc.Stun;

namespace Roost.Rtc.Ice;

/// <summary>Consent freshness (RFC 7675): data may go only where an answer came from lately.</summary>
public sealed partial class IceAgent
{
    /// <summary>Once an answer is late, checks come this often, on every pair that ever worked.</summary>
    private static readonly TimeSpan HurryEvery = TimeSpan.FromSeconds(1);

    private Instant _consentAt = Instant.Never;
    private Instant _lastConsent = Instant.Never;

    private void OnConsent(Instant now)
    {
        _lastConsent = now;
        _consentAt = now + _dice.Jitter(_options.ConsentEvery, 0.2);
        if (State != IceState.Connected)
        {
            SetState(IceState.Connected);
        }
    }

    /// <summary>When consent needs attention. While a restart waits for the other side's credentials nothing can be asked, only given up.</summary>
    private Instant ConsentAt() => _remote is not null ? _consentAt
        : _lastConsent == Instant.Never ? Instant.Never : _lastConsent + _options.ConsentExpires;

    private void KeepConsent(Instant now)
    {
        if (ConsentAt() > now || _pathPair is not { } path || _lastConsent == Instant.Never)
        {
            return;
        }
        var silence = now - _lastConsent;
        if (silence >= _options.ConsentExpires)
        {
            LosePath();
            SetState(IceState.Failed);
            return;
        }
        if (silence >= _options.DisconnectedAfter && State == IceState.Connected)
        {
            SetState(IceState.Disconnected);
            RecheckOthers(path);
        }
        // The answer to this check sets the next one by RFC 7675's pace; without an answer the next comes soon.
        _consentAt = now + HurryEvery;
        // Each consent check has an id of its own and is never repeated (RFC 7675 §5.1): only fresh answers count.
        SendCheck(path, new StunTransactionId(_transactionPrefix, _dice.NextUInt64()), path == _selected && Role == IceRole.Controlling, now);
    }

    private void LosePath()
    {
        _consentAt = Instant.Never;
        _lastConsent = Instant.Never;
        _pathPair = null;
        Path = null;
        PathRelay = null;
        _selected = null;
    }

    private void RecheckOthers(CandidatePair path)
    {
        // Another pair may still work: a moved laptop, a dead interface.
        foreach (var pair in _pairs)
        {
            if (pair != path && pair.State is (PairState.Succeeded or PairState.Failed))
            {
                pair.State = PairState.Waiting;
                pair.NominationWanted = false;
            }
        }
    }
}
