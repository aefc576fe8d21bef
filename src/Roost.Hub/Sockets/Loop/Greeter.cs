using System.Buffers;
using System.Net;

namespace Roost.Hub.Sockets.Loop;

/// <summary>A connection that has not said what it wants. Its first bytes are looked at, not taken, so that whoever serves it reads them again.</summary>
internal sealed unsafe class Greeter(LoopListener listener, SocketLoop loop, int descriptor, IPAddress remote) : Watched
{
    // As long as Kestrel keeps an idle connection; browsers open some ahead of need.
    private const long FirstBytesWithin = 130_000, HeadWithin = 10_000;

    private long _until = Environment.TickCount64 + FirstBytesWithin;
    private bool _began;
    private bool _done; // Another has the descriptor, or it is closed.

    public override bool HasDeadline => true;

    public override void Happened(uint events)
    {
        if (_done || (events & (Libc.In | Libc.ReadHangUp | Libc.Error | Libc.HangUp)) == 0)
        {
            return;
        }
        nint seen;
        do
        {
            fixed (byte* scratch = loop.Scratch)
            {
                seen = Libc.Receive(descriptor, scratch, (nuint)loop.Scratch.Length, Libc.Peek | Libc.DontWait);
            }
        }
        while (seen < 0 && Libc.LastError == Libc.Interrupted);
        if (seen < 0 && Libc.LastError == Libc.Again)
        {
            return;
        }
        if (seen <= 0)
        {
            Abandon();
            return;
        }
        bool ends = (events & ~(Libc.In | Libc.Out)) != 0;
        bool whole = Handshake.TryRead(new(loop.Scratch, 0, (int)seen), out var head, out bool needsMore, out int size);
        if (whole && RoostSocketsExtensions.Claim(listener.Hub, head, remote) is { } claim)
        {
            fixed (byte* scratch = loop.Scratch)
            {
                Libc.Receive(descriptor, scratch, (nuint)size, Libc.DontWait);
            }
            Open(head, claim.Door, claim.Request, ends);
        }
        else if (!needsMore || ends)
        {
            _done = true;
            loop.Unwatch(descriptor, this);
            listener.HandOver(this, descriptor);
        }
        else if (!_began)
        {
            _began = true;
            _until = Environment.TickCount64 + HeadWithin;
        }
    }

    /// <summary>Says nothing and hangs up: nobody serves it any more. From any thread.</summary>
    public void Cut() => loop.Ask(Abandon);

    public override void Abandon()
    {
        if (_done)
        {
            return;
        }
        _done = true;
        loop.Forget(this);
        _ = Libc.Close(descriptor);
        listener.Left(this);
    }

    public override void Look(long nowMilliseconds)
    {
        if (nowMilliseconds >= _until)
        {
            Abandon(); // Said nothing, or too little, for too long.
        }
    }

    private void Open(Handshake.Head head, Connections.HubDoor door, UpgradeRequest request, bool ends)
    {
        _done = true;
        var socket = new LoopSocket(loop, descriptor, listener.Ended);
        loop.Replace(this, socket);
        listener.Opened(this, socket);
        socket.Writer.Write(Handshake.Accept(head.Key, door.Subprotocol));
        listener.Serve(door, request, socket);
        socket.Reader.Arrived(ends);
    }
}
