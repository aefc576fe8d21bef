using System.Net;
using System.Net.Sockets;

namespace Roost.Rtc.Net.Io;

/// <summary>Everything but Linux: .NET's sockets alone. A datagram to itself ends a wait.</summary>
internal sealed class PortableUdpBackend : IUdpBackend
{
    private const int BufferBytes = 65_536;

    private readonly Socket _wake = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _wakeSender = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private readonly List<Socket> _waiting = [];

    internal PortableUdpBackend()
    {
        _wake.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _wake.Blocking = false;
        _wakeSender.Connect(_wake.LocalEndPoint!);
    }

    public IUdpPort Open(int number, TransportAddress bind, PortRange range) => new PortableUdpPort(number, UdpSockets.Open(bind, range), _buffer);

    public void Wait(IReadOnlyList<IUdpPort> ports, TimeSpan? timeout, List<IUdpPort> ready)
    {
        ready.Clear();
        _waiting.Clear();
        _waiting.Add(_wake);
        foreach (var port in ports)
        {
            _waiting.Add(((PortableUdpPort)port).Socket);
        }
        var microseconds = timeout is { } span ? (int)Math.Clamp(span.TotalMicroseconds, 0, int.MaxValue) : -1;
        Socket.Select(_waiting, null, null, microseconds);
        foreach (var socket in _waiting)
        {
            if (socket == _wake)
            {
                Drain();
                continue;
            }
            foreach (var port in ports)
            {
                if (((PortableUdpPort)port).Socket == socket)
                {
                    ready.Add(port);
                }
            }
        }
    }

    public void Wake()
    {
        Span<byte> one = [1];
        _wakeSender.Send(one);
    }

    public void Dispose()
    {
        _wake.Dispose();
        _wakeSender.Dispose();
    }

    private void Drain()
    {
        Span<byte> sink = stackalloc byte[16];
        while (_wake.Available > 0)
        {
            _wake.Receive(sink);
        }
    }
}

/// <summary>A socket of <see cref="PortableUdpBackend"/>.</summary>
internal sealed class PortableUdpPort : IUdpPort
{
    /// <summary>Datagrams per turn, so that one socket cannot starve the others.</summary>
    private const int MaxPerTurn = 64;

    private readonly byte[] _buffer;
    private readonly SocketAddress _from;
    private readonly bool _isIPv4;

    internal PortableUdpPort(int number, Socket socket, byte[] buffer)
    {
        Number = number;
        Socket = socket;
        _buffer = buffer;
        socket.Blocking = false;
        Address = TransportAddress.From((IPEndPoint)socket.LocalEndPoint!);
        _isIPv4 = socket.AddressFamily == AddressFamily.InterNetwork;
        _from = new SocketAddress(socket.AddressFamily);
    }

    public int Number { get; }

    public TransportAddress Address { get; }

    internal Socket Socket { get; }

    public void Send(TransportAddress to, ReadOnlySpan<byte> bytes, int segmentBytes, bool dontFragment)
    {
        if (to.IsIPv4 != _isIPv4)
        {
            return;
        }
        var address = to.ToIPEndPoint().Serialize();
        if (dontFragment)
        {
            UdpSockets.SetDontFragment(Socket, _isIPv4, true);
        }
        for (var at = 0; at < bytes.Length; at += segmentBytes)
        {
            try
            {
                Socket.SendTo(bytes.Slice(at, Math.Min(segmentBytes, bytes.Length - at)), SocketFlags.None, address);
            }
            catch (SocketException)
            {
                // unreachable, too big, buffer full: lost, as on the wire
            }
        }
        if (dontFragment)
        {
            UdpSockets.SetDontFragment(Socket, _isIPv4, false);
        }
    }

    public void Receive(IDatagramSink sink)
    {
        for (var i = 0; i < MaxPerTurn; i++)
        {
            int length;
            try
            {
                if (Socket.Available == 0)
                {
                    return;
                }
                length = Socket.ReceiveFrom(_buffer, SocketFlags.None, _from);
            }
            catch (SocketException)
            {
                continue; // an ICMP error of an earlier send
            }
            var endPoint = (IPEndPoint)(_isIPv4 ? new IPEndPoint(IPAddress.Any, 0) : new IPEndPoint(IPAddress.IPv6Any, 0)).Create(_from);
            sink.OnDatagrams(Number, TransportAddress.From(endPoint), _buffer.AsMemory(0, length), length);
        }
    }

    public void Dispose() => Socket.Dispose();
}
