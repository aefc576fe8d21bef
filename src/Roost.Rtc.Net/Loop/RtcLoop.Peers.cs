using System.Net;
using System.Net.Sockets;
using System.Text;
using Roost.Core.Cores;
using Roost.Rtc.Net.Io;
using Roost.Rtc.Net.Turn;
using Roost.Rtc.Peer;
using Roost.Rtc.Stun;

namespace Roost.Rtc.Net.Loop;

/// <summary>Whose datagram is it, and what does a core want: demultiplexing and effects.</summary>
internal sealed partial class RtcLoop
{
    private readonly List<IUdpPort> _ports = [];
    private readonly Dictionary<int, IUdpPort> _portsByNumber = [];
    private readonly Dictionary<(TransportAddress Address, PortRange Range), IUdpPort> _shared = [];
    private readonly Dictionary<int, TurnStream> _streams = [];
    private readonly Dictionary<int, LoopPeer> _owners = [];
    private readonly Dictionary<(int Port, TransportAddress From), LoopPeer> _byAddress = [];
    private readonly Dictionary<uint, LoopPeer> _byPrefix = [];
    private readonly Dictionary<string, LoopPeer> _byFragment = [];
    private int _nextPort = 1;

    internal Instant Now => _now;

    internal void Add(LoopPeer peer)
    {
        _peers.Add(peer);
        peer.Timer.Peer = peer;
        _byPrefix[peer.TransactionPrefix] = peer;
        UpdateFragment(peer);
    }

    /// <summary>The number of a socket bound to an address, shared by all peers of the loop.</summary>
    internal IUdpPort? SharedPort(IPAddress address, PortRange range)
    {
        var bind = TransportAddress.From(address, 0);
        if (!_shared.TryGetValue((bind, range), out var port) && (port = TryOpen(bind, range)) is not null)
        {
            _shared[(bind, range)] = port;
        }
        return port;
    }

    /// <summary>A socket for one TURN server of one peer: an allocation belongs to a 5-tuple.</summary>
    internal int? OwnPort(LoopPeer peer, bool isIPv4, PortRange range)
    {
        if (TryOpen(TransportAddress.From(isIPv4 ? IPAddress.Any : IPAddress.IPv6Any, 0), range) is not { } port)
        {
            return null;
        }
        peer.OwnPorts.Add(port.Number);
        _owners[port.Number] = peer;
        return port.Number;
    }

    internal int AddStream(LoopPeer peer, Func<int, TurnStream> open)
    {
        var number = _nextPort++;
        peer.OwnPorts.Add(number);
        _owners[number] = peer;
        _streams[number] = open(number);
        return number;
    }

    public void OnDatagrams(int port, TransportAddress from, ReadOnlyMemory<byte> bytes, int segmentBytes)
    {
        if (FindPeer(port, from, bytes.Span) is { } peer)
        {
            Deliver(peer, new PeerInput(port, from, bytes, segmentBytes, MoreFollows: true));
        }
    }

    private void Deliver(LoopPeer peer, in PeerInput input)
    {
        try
        {
            peer.Core.Handle(input, _now);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            OnDefect(peer, e);
            return;
        }
        Drain(peer);
        Touch(peer);
    }

    private LoopPeer? FindPeer(int port, TransportAddress from, ReadOnlySpan<byte> bytes)
    {
        if (_owners.TryGetValue(port, out var owner))
        {
            return owner;
        }
        if (!StunMessage.LooksLikeStun(bytes))
        {
            return _byAddress.GetValueOrDefault((port, from));
        }
        // Answers carry our own prefix, requests our username fragment; a NAT may have given the sender a new address.
        if (!StunMessage.TryRead(bytes, out var message))
        {
            return null;
        }
        if (!StunType.IsRequest(message.Type))
        {
            return _byPrefix.GetValueOrDefault(message.TransactionId.Prefix);
        }
        if (!message.TryFind(StunAttribute.Username, out var username) || username.IndexOf((byte)':') is not (> 0 and < 64 and var colon))
        {
            return null;
        }
        Span<char> fragment = stackalloc char[64];
        var length = Encoding.Latin1.GetChars(username[..colon], fragment);
        return _byFragment.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(fragment[..length], out var peer) ? peer : null;
    }

    private void Drain(LoopPeer peer)
    {
        try
        {
            while (peer.Core.TryTake(out var effect))
            {
                switch (effect.Kind)
                {
                    case PeerEffectKind.Transmit:
                        Transmit(peer, effect);
                        break;
                    case PeerEffectKind.Message:
                        ((DataChannel)effect.Channel!.Tag!).OnMessage(peer, effect.Buffer!, effect.Length, effect.IsText);
                        break;
                    case PeerEffectKind.MessageSent:
                        (effect.Channel!.Tag as DataChannel)?.OnSent(effect.Length);
                        break;
                    case PeerEffectKind.Notice:
                        OnNotice(peer, effect.Notice!);
                        break;
                }
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            OnDefect(peer, e);
        }
    }

    private void Transmit(LoopPeer peer, in PeerEffect effect)
    {
        if (_portsByNumber.TryGetValue(effect.Port, out var port))
        {
            if (port.Address == effect.Address)
            {
                SendToSelf(peer, port, effect);
                return;
            }
            port.Send(effect.Address, effect.Bytes.Span, effect.SegmentBytes, effect.DontFragment);
        }
        else if (_streams.TryGetValue(effect.Port, out var stream))
        {
            stream.Send(effect.Bytes.Span);
        }
    }

    private void OnNotice(LoopPeer peer, PeerNotice notice)
    {
        if (notice is PeerNotice.PeerAddress known)
        {
            if (!_owners.ContainsKey(known.Port) && _portsByNumber.GetValueOrDefault(known.Port)?.Address != known.Address)
            {
                _byAddress[(known.Port, known.Address)] = peer;
                peer.Addresses.Add((known.Port, known.Address));
            }
            return;
        }
        if (notice is PeerNotice.SignalingChanged)
        {
            UpdateFragment(peer);
        }
        peer.Owner.OnNotice(peer, notice);
        if (notice is PeerNotice.StateChanged { Value: PeerState.Closed })
        {
            peer.Owner.OnClosedOnLoop();
        }
    }

    private void UpdateFragment(LoopPeer peer)
    {
        if (peer.UsernameFragment != peer.Core.LocalUsernameFragment)
        {
            _byFragment.Remove(peer.UsernameFragment);
            peer.UsernameFragment = peer.Core.LocalUsernameFragment;
            _byFragment[peer.UsernameFragment] = peer;
        }
    }

    /// <summary>Forgets a closed peer; its core is freed.</summary>
    internal void Remove(LoopPeer peer)
    {
        if (peer.IsRemoved)
        {
            return;
        }
        peer.IsRemoved = true;
        peer.Timer.Peer = null;
        _peers.Remove(peer);
        _byPrefix.Remove(peer.TransactionPrefix);
        _byFragment.Remove(peer.UsernameFragment);
        foreach (var key in peer.Addresses)
        {
            if (_byAddress.GetValueOrDefault(key) == peer)
            {
                _byAddress.Remove(key);
            }
        }
        foreach (var number in peer.OwnPorts)
        {
            _owners.Remove(number);
            if (_portsByNumber.Remove(number, out var port))
            {
                _ports.Remove(port);
                port.Dispose();
            }
            if (_streams.Remove(number, out var stream))
            {
                stream.Dispose();
            }
        }
        peer.Core.Dispose();
    }

    private IUdpPort? TryOpen(TransportAddress bind, PortRange range)
    {
        try
        {
            var port = _backend.Open(_nextPort, bind, range);
            _nextPort++;
            _ports.Add(port);
            _portsByNumber[port.Number] = port;
            return port;
        }
        catch (SocketException e)
        {
            Log.NoSocket(_logger, bind, e);
            return null;
        }
    }

    private void CloseSockets()
    {
        foreach (var port in _ports)
        {
            port.Dispose();
        }
        foreach (var stream in _streams.Values)
        {
            stream.Dispose();
        }
    }
}
