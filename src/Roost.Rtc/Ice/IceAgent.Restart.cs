using System.Text;
using Roost.Core.Cores;

namespace Roost.Rtc.Ice;

/// <summary>Starting over with new credentials (RFC 8445 §9).</summary>
public sealed partial class IceAgent
{
    /// <summary>What a restart that nobody has answered yet would replace.</summary>
    private Generation? _before;

    private void Restart(IceCredentials local)
    {
        if (_remote is not null)
        {
            _before = new Generation(Local, _remote, [.. _remotes], _remoteDone);
        }
        Local = local;
        _localKey = Encoding.UTF8.GetBytes(local.Password);
        _remote = null;
        _remoteKey = [];
        ForgetPairs();
        _checkingSince = Instant.Never;
        // A path that works goes on to work, and the state with it (W3C: a restart that begins in connected stays there).
        if (State is not (IceState.New or IceState.Connected))
        {
            SetState(IceState.Checking);
        }
        Announce();
    }

    private void ForgetPairs()
    {
        _pairs.Clear();
        _remotes.Clear();
        _triggered.Clear();
        _transactions.Clear();
        _selected = null;
        _firstValidAt = Instant.Never;
        _remoteDone = false;
    }

    private void TakeBackRestart(Instant now)
    {
        if (_before is not { } before)
        {
            return;
        }
        Local = before.Local;
        _localKey = Encoding.UTF8.GetBytes(before.Local.Password);
        SetRemote(before.Remote, now);
        foreach (var remote in before.Remotes)
        {
            AddRemote(remote.Address, remote.Priority, remote.Type, now);
        }
        _remoteDone = before.RemoteDone;
        _consentAt = _pathPair is null ? Instant.Never : now;
        Announce();
    }

    private sealed record Generation(IceCredentials Local, IceCredentials Remote, IReadOnlyList<RemoteCandidate> Remotes, bool RemoteDone);
}
