using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Roost.Rtc.Net.Io;

/// <summary>A socket that sends runs of equal datagrams in one call (UDP_SEGMENT) and receives them joined (UDP_GRO), where the kernel can.</summary>
internal sealed unsafe class LinuxUdpPort : IUdpPort
{
    private const int MaxSegments = 64; // UDP_MAX_SEGMENTS of Linux before 6.9
    private const int MaxRunBytes = 65_000;
    private const short FamilyIPv4 = 2;
    private const short FamilyIPv6 = 10;

    private readonly Socket _socket;
    private readonly LinuxReceiveBuffers _buffers;
    private readonly bool _receivesJoined;
    private readonly bool _isIPv4;
    private bool _sendsRuns;

    internal LinuxUdpPort(int number, Socket socket, LinuxReceiveBuffers buffers, bool segmentation)
    {
        Number = number;
        _socket = socket;
        _buffers = buffers;
        Address = TransportAddress.From((IPEndPoint)socket.LocalEndPoint!);
        _isIPv4 = socket.AddressFamily == AddressFamily.InterNetwork;
        Descriptor = (int)socket.Handle;
        _sendsRuns = segmentation;
        _receivesJoined = segmentation && TryEnableGro(socket);
    }

    public int Number { get; }

    public TransportAddress Address { get; }

    internal int Descriptor { get; }

    public void Send(TransportAddress to, ReadOnlySpan<byte> bytes, int segmentBytes, bool dontFragment)
    {
        if (to.IsIPv4 != _isIPv4)
        {
            return;
        }
        var name = stackalloc byte[LinuxReceiveBuffers.NameBytes];
        var nameLength = WriteName(name, to);
        if (dontFragment)
        {
            UdpSockets.SetDontFragment(_socket, _isIPv4, true);
        }
        fixed (byte* data = bytes)
        {
            var at = 0;
            while (at < bytes.Length)
            {
                var run = _sendsRuns ? Math.Min(Math.Min(MaxSegments, MaxRunBytes / segmentBytes) * segmentBytes, bytes.Length - at) : Math.Min(segmentBytes, bytes.Length - at);
                at += SendRun(data + at, run, segmentBytes, name, nameLength) ? run : 0;
            }
        }
        if (dontFragment)
        {
            UdpSockets.SetDontFragment(_socket, _isIPv4, false);
        }
    }

    /// <summary>One system call; false when it is to be tried again without segmentation.</summary>
    private bool SendRun(byte* data, int length, int segmentBytes, byte* name, uint nameLength)
    {
        var vector = new Libc.IoVector { Base = data, Length = (nuint)length };
        var header = new Libc.Header { Name = name, NameLength = nameLength, Vectors = &vector, VectorCount = 1 };
        var control = stackalloc byte[24];
        if (length > segmentBytes)
        {
            // cmsghdr { len = 18, level = SOL_UDP, type = UDP_SEGMENT } and a 16-bit size.
            *(nuint*)control = 18;
            *(int*)(control + 8) = Libc.SolUdp;
            *(int*)(control + 12) = Libc.UdpSegment;
            *(ulong*)(control + 16) = (ushort)segmentBytes;
            header.Control = control;
            header.ControlLength = 24;
        }
        while (Libc.sendmsg(Descriptor, &header, 0) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == Libc.ErrorInterrupted)
            {
                continue;
            }
            if (length > segmentBytes && error is Libc.ErrorIo or Libc.ErrorInvalid or Libc.ErrorMessageSize && length > segmentBytes)
            {
                // No checksum offload on this device, or a kernel without it: one by one from here on.
                _sendsRuns = false;
                return false;
            }
            return true; // unreachable, too big, buffer full: lost, as on the wire
        }
        return true;
    }

    public void Receive(IDatagramSink sink)
    {
        for (var i = 0; i < LinuxUdpBackend.Slots; i++)
        {
            _buffers.Messages[i].Header = new Libc.Header
            {
                Name = _buffers.Names + i * LinuxReceiveBuffers.NameBytes,
                NameLength = LinuxReceiveBuffers.NameBytes,
                Vectors = _buffers.Vectors + i,
                VectorCount = 1,
                Control = _receivesJoined ? _buffers.Controls + i * LinuxReceiveBuffers.ControlBytes : null,
                ControlLength = _receivesJoined ? (nuint)LinuxReceiveBuffers.ControlBytes : 0,
            };
        }
        var count = Libc.recvmmsg(Descriptor, _buffers.Messages, LinuxUdpBackend.Slots, Libc.MsgDontWait, null);
        for (var i = 0; i < count; i++)
        {
            var length = (int)_buffers.Messages[i].Length;
            sink.OnDatagrams(Number, ReadName(_buffers.Names + i * LinuxReceiveBuffers.NameBytes),
                _buffers.Data.AsMemory(i * LinuxUdpBackend.SlotBytes, length), SegmentOf(_buffers.Messages[i].Header, length));
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool TryEnableGro(Socket socket)
    {
        try
        {
            socket.SetRawSocketOption(Libc.SolUdp, Libc.UdpGro, BitConverter.GetBytes(1));
            return true;
        }
        catch (SocketException)
        {
            return false; // Linux before 5.0
        }
    }

    private static int SegmentOf(in Libc.Header header, int length)
    {
        var control = (byte*)header.Control;
        return header.ControlLength >= 20 && *(int*)(control + 8) == Libc.SolUdp && *(int*)(control + 12) == Libc.UdpGro && *(int*)(control + 16) is var size and > 0
            ? size : length;
    }

    private static TransportAddress ReadName(byte* name)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(name + 2, 2));
        return *(short*)name == FamilyIPv4
            ? TransportAddress.FromBytes(new ReadOnlySpan<byte>(name + 4, 4), port)
            : TransportAddress.FromBytes(new ReadOnlySpan<byte>(name + 8, 16), port);
    }

    private static uint WriteName(byte* name, TransportAddress to)
    {
        new Span<byte>(name, LinuxReceiveBuffers.NameBytes).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(name + 2, 2), to.Port);
        *(short*)name = to.IsIPv4 ? FamilyIPv4 : FamilyIPv6;
        to.WriteAddress(new Span<byte>(name + (to.IsIPv4 ? 4 : 8), 16));
        return to.IsIPv4 ? 16u : 28u;
    }
}
