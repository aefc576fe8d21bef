using System.Buffers.Binary;
using System.Net;

namespace Roost.Hub.Sockets.Loop;

/// <summary>Accepts what arrives at one listening socket and spreads it over the loops.</summary>
internal sealed class Acceptor : Watched
{
    private const int AtOnce = 64;
    private const int AddressSize = 28, InterNetwork = 2;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private readonly LoopListener _listener;
    private readonly SocketLoop[] _loops;
    private readonly int _descriptor;
    private readonly int _most;
    private int _next;
    private bool _stopped;

    /// <summary>Begins.</summary>
    /// <param name="listener">Whose connections they are.</param>
    /// <param name="loops">The first accepts; all take connections.</param>
    /// <param name="descriptor">Listens, and does not block.</param>
    /// <param name="most">Connections at one time; more are hung up on.</param>
    public Acceptor(LoopListener listener, SocketLoop[] loops, int descriptor, int most)
    {
        (_listener, _loops, _descriptor, _most) = (listener, loops, descriptor, most);
        loops[0].Watch(descriptor, this, Libc.In);
    }

    public override unsafe void Happened(uint events)
    {
        byte* address = stackalloc byte[AddressSize];
        for (int i = 0; i < AtOnce && !_stopped; i++)
        {
            int length = AddressSize;
            int accepted = Libc.Accept(_descriptor, address, &length, Libc.CloseOnExec);
            if (accepted >= 0)
            {
                Greet(accepted, AddressOf(new(address, AddressSize)));
                continue;
            }
            if (Libc.LastError is Libc.TooManyHere or Libc.TooManyEverywhere)
            {
                _ = RestAsync();
                return;
            }
            if (Libc.LastError == Libc.Again)
            {
                return;
            }
            // Anything else concerns the one that had arrived, and has gone again.
        }
    }

    /// <summary>Stops. The listening socket may be closed when this returns.</summary>
    public void Stop()
    {
        if (SocketLoop.Current == _loops[0])
        {
            Unwatch();
            return;
        }
        using var stopped = new ManualResetEventSlim();
        _loops[0].Ask(() =>
        {
            Unwatch();
            stopped.Set();
        });
        stopped.Wait();
    }

    public override void Abandon()
    {
        // The next connection may do better.
    }

    private void Unwatch()
    {
        _stopped = true;
        _loops[0].Unwatch(_descriptor, this);
    }

    private void Greet(int accepted, IPAddress remote)
    {
        if (_listener.Count >= _most)
        {
            _ = Libc.Close(accepted);
            return;
        }
        var loop = _loops[_next++ % _loops.Length];
        var greeter = new Greeter(_listener, loop, accepted, remote);
        _listener.Came(greeter);
        loop.Watch(accepted, greeter, LoopSocket.Events);
    }

    // Descriptors have run out: the event would come again at once.
    private async Task RestAsync()
    {
        _loops[0].Change(_descriptor, this, 0);
        await Task.Delay(Rest);
        _loops[0].Ask(() =>
        {
            if (!_stopped)
            {
                _loops[0].Change(_descriptor, this, Libc.In);
            }
        });
    }

    // struct sockaddr_in and sockaddr_in6.
    private static IPAddress AddressOf(ReadOnlySpan<byte> address) => BitConverter.ToUInt16(address) == InterNetwork
        ? new IPAddress(address.Slice(4, 4))
        : new IPAddress(address.Slice(8, 16), BinaryPrimitives.ReverseEndianness(BinaryPrimitives.ReadUInt32BigEndian(address[24..])));
}
