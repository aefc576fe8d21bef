using Roost.Core.Cores;
using Roost.Rtc.Peer;

namespace Roost.Rtc.Net.Loop;

/// <summary>A connection as its loop sees it.</summary>
internal sealed class LoopPeer(RtcPeerConnection owner, PeerCore core, uint transactionPrefix)
{
    internal RtcPeerConnection Owner => owner;
    internal PeerCore Core => core;
    internal uint TransactionPrefix => transactionPrefix;

    /// <summary>Ports of its own: sockets to TURN servers.</summary>
    internal List<int> OwnPorts { get; } = [];

    /// <summary>Addresses under which shared sockets find it.</summary>
    internal List<(int Port, TransportAddress Address)> Addresses { get; } = [];

    /// <summary>The peer of the same loop it talks to, if it does.</summary>
    internal LoopPeer? Neighbour { get; set; }
    internal string UsernameFragment { get; set; } = "";
    internal long ScheduledAt { get; set; } = long.MaxValue;
    internal bool IsTouched { get; set; }
    internal bool IsRemoved { get; set; }

    /// <summary>Messages handled on the loop, to be credited when the effects are drained.</summary>
    internal long CreditBytes { get; set; }
    internal int CreditMessages { get; set; }
}

/// <summary>Something an application thread wants done on the loop; a message to send needs no closure.</summary>
internal readonly struct LoopCommand
{
    private readonly Action<LoopPeer, Instant>? _verb;
    private readonly DataChannel? _channel;
    private readonly byte[]? _buffer;
    private readonly int _length;
    private readonly bool _isText;

    internal LoopCommand(LoopPeer peer, Action<LoopPeer, Instant> verb)
    {
        Peer = peer;
        _verb = verb;
    }

    internal LoopCommand(LoopPeer peer, DataChannel channel, byte[] buffer, int length, bool isText)
    {
        Peer = peer;
        _channel = channel;
        _buffer = buffer;
        _length = length;
        _isText = isText;
    }

    internal LoopPeer Peer { get; }

    internal void Execute(RtcLoop loop, LoopPeer peer)
    {
        if (_verb is not null)
        {
            _verb(peer, loop.Now);
        }
        else
        {
            _channel!.SendOnLoop(peer.Core, _buffer!, _length, _isText, loop.Now);
        }
    }
}
