using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Roost.Core.Cores;
using Roost.Rtc.Ice;
using Roost.Rtc.Net.Loop;
using Roost.Rtc.Net.Mdns;
using Roost.Rtc.Net.Turn;
using Roost.Rtc.Peer;
using Roost.Rtc.Turn;

namespace Roost.Rtc.Net;

/// <summary>Sockets and servers for ICE.</summary>
public sealed partial class RtcPeerConnection
{
    private const int MaxAddresses = 16;

    /// <summary>Addresses of one server's name that are asked: both families, with one to spare in each.</summary>
    private const int MaxServerAddresses = 4;

    /// <summary>On the loop: the addresses this host had at the last gathering, with their sockets where they have one; null before the first.</summary>
    private Dictionary<IPAddress, int?>? _gatheredFrom;

    /// <summary>Gathers when there is a first description, and again at later ones where this host's addresses have changed.</summary>
    private async Task GatherAsync()
    {
        var hosts = LocalAddresses();
        if (await _loop.Run(_peer, (core, now) => Gather(core, hosts, now)).ConfigureAwait(false) && Configuration.IceServers.Count > 0)
        {
            _ = AddServersAsync();
        }
    }

    /// <summary>On the loop.</summary>
    /// <returns>Whether there is anything new, so that servers are to be asked.</returns>
    private bool Gather(PeerCore core, List<IPAddress> hosts, Instant now)
    {
        var before = _gatheredFrom;
        if (before is not null && hosts.Count == before.Count && hosts.TrueForAll(before.ContainsKey))
        {
            return false;
        }
        _gatheredFrom = [];
        for (var i = 0; i < hosts.Count; i++)
        {
            _gatheredFrom[hosts[i]] = before?.GetValueOrDefault(hosts[i]) ?? GatherFrom(core, hosts[i], 65535 - i, now);
        }
        foreach (var number in (before ?? []).Where(had => !_gatheredFrom.ContainsKey(had.Key)).Select(had => had.Value))
        {
            if (number is { } lost)
            {
                core.Gather(new IceInput.PortLost(lost), now);
            }
        }
        if (Configuration.IceServers.Count == 0)
        {
            core.Gather(new IceInput.NoMoreServers(), now);
        }
        return true;
    }

    /// <summary>On the loop: makes a host candidate, unless only relays may be used or no socket is to be had.</summary>
    private int? GatherFrom(PeerCore core, IPAddress host, int preference, Instant now)
    {
        if (Configuration.IceTransportPolicy == IceTransportPolicy.Relay || _loop.SharedPort(host, Configuration.Ports) is not { } port)
        {
            return null;
        }
        core.Gather(new IceInput.HostAddress(port.Number, port.Address, preference, Configuration.HideAddresses ? NameFor(host) : null), now);
        return port.Number;
    }

    /// <summary>A name for an address that this connection answers for while it lives.</summary>
    private string NameFor(IPAddress address)
    {
        var name = MdnsResponder.Shared.Hide(address);
        _ = _closed.Task.ContinueWith(_ => MdnsResponder.Shared.Forget(name), TaskScheduler.Default);
        return name;
    }

    private async Task AddServersAsync()
    {
        foreach (var server in Configuration.IceServers)
        {
            if (server is null || !IceServerUrl.TryParse(server.Url, out var url))
            {
                Raise(() => ServerFailed?.Invoke(this, $"{server?.Url}: no STUN or TURN URL. It must look like stun:host[:port], turn:host[:port][?transport=udp|tcp] or turns:host[:port]."));
                continue;
            }
            if (url.IsTurn && (string.IsNullOrEmpty(server.Username) || string.IsNullOrEmpty(server.Credential)))
            {
                Raise(() => ServerFailed?.Invoke(this, $"{server.Url}: a TURN server needs Username and Credential."));
                continue;
            }
            try
            {
                foreach (var address in (await Dns.GetHostAddressesAsync(url.Host).ConfigureAwait(false)).Take(MaxServerAddresses))
                {
                    AddServer(server, url, TransportAddress.From(address, url.Port));
                }
            }
            catch (Exception e) when (e is SocketException or ArgumentException)
            {
                // An ArgumentException is for what can be no server's address, like 0.0.0.0. Gathering goes on without it.
                Raise(() => ServerFailed?.Invoke(this, $"{server.Url}: {e.Message}"));
            }
        }
        Post((peer, now) => peer.Core.Gather(new IceInput.NoMoreServers(), now));
    }

    private void AddServer(IceServer server, IceServerUrl url, TransportAddress address)
    {
        if (!url.IsTurn)
        {
            Post((peer, now) => peer.Core.Gather(new IceInput.StunServer(address), now));
            return;
        }
        var credentials = new TurnCredentials(server.Username ?? "", server.Credential ?? "");
        Post((peer, now) =>
        {
            var port = url.IsStream ? OpenStream(peer, server.Url, url, address) : _loop.OwnPort(peer, address.IsIPv4, Configuration.Ports);
            if (port is { } number)
            {
                peer.Core.Gather(new IceInput.TurnServer(number, address, credentials, url.IsStream), now);
            }
        });
    }

    private int? OpenStream(LoopPeer peer, string server, IceServerUrl url, TransportAddress address) =>
        _loop.AddStream(peer, number => new TurnStream(
            address.ToIPEndPoint(), url.IsTls ? new TurnTrust(url.Host, Configuration.TrustedTurnCertificates) : null,
            frame => Post((p, now) => p.Core.Handle(new PeerInputFor(number, address, frame).Value, now)),
            why =>
            {
                Raise(() => ServerFailed?.Invoke(this, $"{server}: {why}."));
                Post((p, now) => p.Core.Gather(new IceInput.PortLost(number), now));
            }));

    private List<IPAddress> LocalAddresses()
    {
        if (Configuration.BindAddresses.Count > 0)
        {
            return [.. Configuration.BindAddresses.Take(MaxAddresses)];
        }
        var all = NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus == OperationalStatus.Up)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses.Select(u => u.Address))
            .Where(a => !TransportAddress.From(a, 0).IsLinkLocal && a.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
            .Distinct().ToList();
        var outside = all.Where(a => !IPAddress.IsLoopback(a)).Take(MaxAddresses).ToList();
        var loopback = all.Where(IPAddress.IsLoopback);
        return Configuration.IncludeLoopback ?? outside.Count == 0 ? [.. outside, .. loopback] : outside;
    }

    private void Resolve(IceCandidate candidate) => _ = ResolveAsync(candidate);

    private async Task ResolveAsync(IceCandidate candidate)
    {
        // A name that nobody answers is no loss: the peer's own checks reach our plain candidates.
        if (await MdnsResolver.ResolveAsync(candidate.Host).ConfigureAwait(false) is { } address)
        {
            Post((peer, now) => peer.Core.AddCandidate(candidate with { Host = address.ToString() }, now));
        }
    }

    /// <summary>A frame of a TURN stream as input.</summary>
    private readonly record struct PeerInputFor(int Port, TransportAddress From, byte[] Frame)
    {
        internal Peer.PeerInput Value => new(Port, From, Frame, Frame.Length, MoreFollows: true);
    }
}
