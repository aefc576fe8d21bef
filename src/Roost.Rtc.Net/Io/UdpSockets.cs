using System.Net;
using System.Net.Sockets;

namespace Roost.Rtc.Net.Io;

/// <summary>Opening and tuning of UDP sockets, the same for both backends.</summary>
internal static class UdpSockets
{
    /// <summary>Linux cuts this to net.core.rmem_max; the usual default of 208 KiB loses packets at speed.</summary>
    private const int BufferBytes = 4 << 20;

    private const int IpMtuDiscover = 10;
    private const int Ipv6MtuDiscover = 23;
    private const int IpLevel = 0;
    private const int Ipv6Level = 41;
    private const int DiscoverDont = 0;
    private const int DiscoverProbe = 3;

    internal static Socket Open(TransportAddress bind, PortRange range)
    {
        var socket = new Socket(bind.IsIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (!bind.IsIPv4)
            {
                socket.DualMode = false;
            }
            socket.ReceiveBufferSize = BufferBytes;
            socket.SendBufferSize = BufferBytes;
            Bind(socket, bind, range);
            SetDontFragment(socket, bind.IsIPv4, false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Only probes of the path MTU forbid fragmentation: a packet cut for a wider path must still get through a narrower one.</summary>
    internal static void SetDontFragment(Socket socket, bool isIPv4, bool value)
    {
        if (OperatingSystem.IsLinux())
        {
            Span<byte> option = stackalloc byte[4];
            BitConverter.TryWriteBytes(option, value ? DiscoverProbe : DiscoverDont);
            socket.SetRawSocketOption(isIPv4 ? IpLevel : Ipv6Level, isIPv4 ? IpMtuDiscover : Ipv6MtuDiscover, option);
        }
        else if (isIPv4)
        {
            socket.DontFragment = value;
        }
    }

    private static void Bind(Socket socket, TransportAddress bind, PortRange range)
    {
        var address = bind.ToIPAddress();
        if (range.First == 0 || bind.Port != 0)
        {
            socket.Bind(new IPEndPoint(address, bind.Port));
            return;
        }
        for (int port = range.First; ; port++)
        {
            try
            {
                socket.Bind(new IPEndPoint(address, port));
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse && port < range.Last)
            {
                // taken: the next one
            }
        }
    }
}
