using System.Text;
using Roost.Core.Cores;
using Roost.Rtc.Stun;
using Roost.Rtc.Turn;

namespace Roost.Rtc.Ice;

/// <summary>Local candidates: host addresses, what STUN servers see, what TURN servers lend (RFC 8445 §5.1.1).</summary>
public sealed partial class IceAgent
{
    private const int ServerTries = 5;

    private readonly List<TransportAddress> _stunServers = [];
    private readonly List<StunQuery> _queries = [];
    private readonly List<TurnServerState> _turnServers = [];
    private readonly List<(IceCandidate Candidate, LocalBase Base)> _announced = [];
    private bool _allServersNamed;
    private Instant _gatherDeadline = Instant.Never;

    private void AddHost(IceInput.HostAddress host, Instant now)
    {
        if (_locals.Any(l => l.Port == host.Port && l.Address == host.Address))
        {
            return;
        }
        var local = new LocalBase
        {
            Port = host.Port,
            Address = host.Address,
            Priority = IceCandidate.PriorityOf(IceCandidateType.Host, host.Preference),
            HiddenBehind = host.MdnsName,
        };
        _locals.Add(local);
        Announce(new IceCandidate
        {
            Foundation = FoundationOf(IceCandidateType.Host, local, default),
            Priority = local.Priority,
            Type = IceCandidateType.Host,
            Host = host.MdnsName ?? host.Address.ToIPAddress().ToString(),
            Port = host.Address.Port,
        }, local);
        PairLocal(local, now);
        foreach (var server in _stunServers)
        {
            Query(local, server, now);
        }
    }

    private void AddStunServer(TransportAddress server, Instant now)
    {
        if (_stunServers.Count >= _options.MaxStunServers || _stunServers.Contains(server))
        {
            return;
        }
        _stunServers.Add(server);
        foreach (var local in _locals.Where(l => l.Relay is null).ToArray())
        {
            Query(local, server, now);
        }
    }

    private void Query(LocalBase local, TransportAddress server, Instant now)
    {
        // A loopback address has no outside.
        if (local.Address.IsIPv4 == server.IsIPv4 && (!local.Address.IsLoopback || server.IsLoopback))
        {
            BeginGathering(now);
            _queries.Add(new StunQuery(new(_transactionPrefix, _dice.NextUInt64()), local, server) { RepeatAt = now });
        }
    }

    private void AddTurnServer(IceInput.TurnServer server, Instant now)
    {
        BeginGathering(now);
        var state = new TurnServerState(server.Port, server.Address,
            new TurnClient(server.Credentials, _turnOptions, _dice, server.IsReliable, !server.Address.IsIPv4, _transactionPrefix));
        _turnServers.Add(state);
        state.Client.Start(now);
        DrainTurn(state, now);
    }

    private void BeginGathering(Instant now)
    {
        if (Gathering != IceGatheringState.Gathering)
        {
            SetGathering(IceGatheringState.Gathering);
            _gatherDeadline = now + _options.GatherTimeout;
        }
    }

    private void OnNoMoreServers(Instant now)
    {
        _allServersNamed = true;
        CheckGathered(now);
    }

    private void CheckGathered(Instant now)
    {
        var waiting = _queries.Count > 0 || _turnServers.Any(t => t.Client.State == TurnState.Allocating);
        if (_allServersNamed && Gathering != IceGatheringState.Complete && (!waiting || _gatherDeadline <= now))
        {
            _gatherDeadline = Instant.Never;
            SetGathering(IceGatheringState.Complete);
        }
    }

    private void SetGathering(IceGatheringState state)
    {
        Gathering = state;
        Emit(new IceEffect.GatheringChanged(state));
    }

    private void RepeatQueries(Instant now)
    {
        Span<byte> buffer = stackalloc byte[64];
        for (var i = _queries.Count - 1; i >= 0; i--)
        {
            var query = _queries[i];
            if (query.RepeatAt > now)
            {
                continue;
            }
            if (query.Tries++ == ServerTries)
            {
                _queries.RemoveAt(i);
                Emit(new IceEffect.ServerFailed(query.Server, 0));
                continue;
            }
            query.RepeatAt = now + _options.CheckRto * (1 << Math.Min(query.Tries - 1, 3));
            var writer = new StunWriter(buffer, StunType.BindingRequest, query.Id);
            Emit(new IceEffect.Send(query.Local.Port, query.Server, buffer[..writer.Finish(default)].ToArray()));
        }
    }

    private bool OnQueryAnswer(in StunMessage message, TransportAddress from)
    {
        var id = message.TransactionId;
        var index = _queries.FindIndex(q => q.Id == id);
        if (index < 0 || _queries[index].Server != from)
        {
            return false;
        }
        var query = _queries[index];
        _queries.RemoveAt(index);
        if (message.Type == StunType.BindingSuccess && (message.TryFindAddress(StunAttribute.XorMappedAddress, out var mapped)
            || message.TryFindAddress(StunAttribute.MappedAddress, out mapped)) && mapped != query.Local.Address)
        {
            Announce(new IceCandidate
            {
                Foundation = FoundationOf(IceCandidateType.ServerReflexive, query.Local, query.Server),
                Type = IceCandidateType.ServerReflexive,
                Priority = IceCandidate.PriorityOf(IceCandidateType.ServerReflexive, (int)(query.Local.Priority >> 8)),
                Host = mapped.ToIPAddress().ToString(),
                Port = mapped.Port,
                Related = query.Local.HiddenBehind is null ? query.Local.Address : null,
            }, query.Local);
        }
        return true;
    }

    private void OnAllocated(TurnServerState server, Instant now)
    {
        var index = _turnServers.IndexOf(server);
        var local = new LocalBase
        {
            Port = server.Port,
            Address = server.Client.Relayed,
            Relay = server.Client,
            Priority = IceCandidate.PriorityOf(IceCandidateType.Relayed, 65535 - index),
        };
        _locals.Add(local);
        server.Base = local;
        Announce(new IceCandidate
        {
            Foundation = FoundationOf(IceCandidateType.Relayed, local, server.Address),
            Priority = local.Priority,
            Type = IceCandidateType.Relayed,
            Host = local.Address.ToIPAddress().ToString(),
            Port = local.Address.Port,
            Related = _locals.Exists(l => l.HiddenBehind is not null) ? null : server.Client.Mapped,
        }, local);
        PairLocal(local, now);
    }

    private void Announce(IceCandidate candidate, LocalBase local)
    {
        // Two STUN servers that see the same address add nothing (RFC 8445 §5.1.3).
        if (_announced.Any(a => a.Candidate.Host == candidate.Host && a.Candidate.Port == candidate.Port && a.Candidate.Type == candidate.Type))
        {
            return;
        }
        _announced.Add((candidate, local));
        Emit(new IceEffect.LocalCandidate(candidate with { UsernameFragment = Local.UsernameFragment }));
    }

    /// <summary>After a restart the same candidates belong to the new generation.</summary>
    private void Announce()
    {
        foreach (var (candidate, _) in _announced)
        {
            Emit(new IceEffect.LocalCandidate(candidate with { UsernameFragment = Local.UsernameFragment }));
        }
    }

    /// <summary>Local candidates found so far, for a description.</summary>
    public IEnumerable<IceCandidate> LocalCandidates => _announced.Select(a => a.Candidate);

    private static string FoundationOf(IceCandidateType type, LocalBase local, TransportAddress server)
    {
        // Equal for equal type, base address and server (RFC 8445 §5.1.1.3). A hidden address must not be guessed from it either: addresses are few.
        var text = $"{type}/{local.HiddenBehind ?? local.Address.ToIPAddress().ToString()}/{server.ToIPAddress()}";
        return Crc32.Compute(Encoding.UTF8.GetBytes(text)).ToString();
    }

    private sealed class StunQuery(StunTransactionId id, LocalBase local, TransportAddress server)
    {
        internal StunTransactionId Id => id;
        internal LocalBase Local => local;
        internal TransportAddress Server => server;
        internal int Tries { get; set; }
        internal Instant RepeatAt { get; set; }
    }

    private sealed class TurnServerState(int port, TransportAddress address, TurnClient client)
    {
        internal int Port => port;
        internal TransportAddress Address => address;
        internal TurnClient Client => client;
        internal LocalBase? Base { get; set; }
    }
}
