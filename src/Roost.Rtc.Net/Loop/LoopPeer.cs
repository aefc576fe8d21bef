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

    /// <summary>What stands for it in the loop's queue of timers, where entries stay until their time has come.</summary>
    internal LoopTimer Timer { get; } = new();
    internal long ScheduledAt { get; set; } = long.MaxValue;
    internal bool IsTouched { get; set; }
    internal bool IsRemoved { get; set; }

    /// <summary>A defect showed in it, and it is being closed.</summary>
    internal bool IsBroken { get; set; }

    /// <summary>Messages handled on the loop, to be credited when the effects are drained.</summary>
    internal long CreditBytes { get; set; }
    internal int CreditMessages { get; set; }
}

/// <summary>Points at a connection until it is removed, so that timers of half a minute do not keep closed connections in memory.</summary>
internal sealed class LoopTimer
{
    internal LoopPeer? Peer { get; set; }
}

/// <summary>Something an application thread wants done on the loop; messages to send, and news of messages that were read, need no closure.</summary>
internal readonly struct LoopCommand
{
    private readonly Action<LoopPeer, Instant>? _verb;
    private readonly DataChannel? _channel;
    private readonly byte[]? _buffer;
    private readonly int _length;
    private readonly bool _isText;
    private readonly long _read;

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

    /// <param name="peer">Whose messages they were.</param>
    /// <param name="read">Bytes that the application has read.</param>
    /// <param name="messages">In so many messages.</param>
    internal LoopCommand(LoopPeer peer, long read, int messages)
    {
        Peer = peer;
        _read = read;
        _length = messages;
    }

    internal LoopPeer Peer { get; }

    internal void Execute(RtcLoop loop, LoopPeer peer)
    {
        if (_verb is not null)
        {
            _verb(peer, loop.Now);
        }
        else if (_channel is not null)
        {
            _channel.SendOnLoop(peer.Core, _buffer!, _length, _isText, loop.Now);
        }
        else
        {
            peer.Core.Consumed(_read, _length, loop.Now);
        }
    }
}
