using Roost.Core.Cores;

namespace Roost.Rtc.Ice;

/// <summary>Remote candidates and the pairs made with them (RFC 8445 §6.1.2).</summary>
public sealed partial class IceAgent
{
    private void AddRemote(IceCandidate candidate, Instant now)
    {
        if (candidate.Component != 1 || candidate.Transport != "udp" || candidate.Port == 0
            || (candidate.UsernameFragment is { } fragment && _remote is not null && fragment != _remote.UsernameFragment))
        {
            return; // of another component, of ICE-TCP, or of an older generation
        }
        if (candidate.IsMdns)
        {
            if (_namesAsked++ < _options.MaxRemoteCandidates)
            {
                Emit(new IceEffect.ResolveName(candidate));
            }
            return;
        }
        if (candidate.TryGetAddress(out var address) && !address.IsUnspecified)
        {
            AddRemote(address, candidate.Priority, candidate.Type, now);
        }
    }

    private int _namesAsked;

    private RemoteCandidate? AddRemote(TransportAddress address, uint priority, IceCandidateType type, Instant now)
    {
        var known = _remotes.Find(r => r.Address == address);
        if (known is not null)
        {
            if (known.Type == IceCandidateType.PeerReflexive && type != IceCandidateType.PeerReflexive)
            {
                // Heard before it was signaled; what was signaled tells more (RFC 8838 §11.4).
                known.Type = type;
                known.Priority = priority;
            }
            return known;
        }
        if (_remotes.Count >= _options.MaxRemoteCandidates)
        {
            return null;
        }
        var remote = new RemoteCandidate { Address = address, Priority = priority, Type = type };
        _remotes.Add(remote);
        foreach (var local in _locals)
        {
            AddPair(local, remote, now);
        }
        StartChecking(now);
        return remote;
    }

    private void PairLocal(LocalBase local, Instant now)
    {
        foreach (var remote in _remotes.ToArray())
        {
            AddPair(local, remote, now);
        }
    }

    private CandidatePair? AddPair(LocalBase local, RemoteCandidate remote, Instant now)
    {
        if (local.IsLost || _pairs.Count >= _options.MaxPairs || local.Address.IsIPv4 != remote.Address.IsIPv4
            || (local.Address.IsLoopback && !remote.Address.IsLoopback))
        {
            return null;
        }
        var pair = new CandidatePair { Local = local, Remote = remote };
        _pairs.Add(pair);
        local.Relay?.Permit(remote.Address, now);
        DrainTurnOf(local, now);
        return pair;
    }

    private CandidatePair? FindPair(LocalBase local, TransportAddress remote)
    {
        foreach (var pair in _pairs)
        {
            if (pair.Local == local && pair.Remote.Address == remote)
            {
                return pair;
            }
        }
        return null;
    }

    private void OnPortLost(int port, Instant now)
    {
        foreach (var local in _locals.Where(l => l.Port == port))
        {
            local.IsLost = true;
        }
        _locals.RemoveAll(l => l.Port == port);
        _announced.RemoveAll(a => a.Base.Port == port);
        _pairs.RemoveAll(p => p.Local.Port == port);
        _queries.RemoveAll(q => q.Local.Port == port);
        _turnServers.Find(t => t.Port == port)?.Client.Lose();
        CheckGathered(now);
        if (_selected?.Local.Port == port)
        {
            _selected = null;
        }
        if (_pathPair?.Local.Port == port)
        {
            LosePath();
            ChoosePath();
            if (_pathPair is null && State == IceState.Connected)
            {
                SetState(IceState.Disconnected);
                _checkingSince = now;
            }
        }
    }
}
