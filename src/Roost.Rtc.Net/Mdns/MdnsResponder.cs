using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Roost.Rtc.Net.Mdns;

/// <summary>Answers for the random names behind which connections hide their addresses (RFC 8828, RFC 6762).</summary>
/// <remarks>Thread-safe. Its socket is opened with the first name and shared with other responders of the machine. Names of others are none of its business.</remarks>
internal sealed class MdnsResponder(IPEndPoint bind)
{
    private const int Port = 5353;
    private static readonly IPAddress Group = IPAddress.Parse("224.0.0.251");
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, IPAddress> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _starting = new();
    private Socket? _socket;

    /// <summary>One for the process.</summary>
    internal static MdnsResponder Shared { get; } = new(new IPEndPoint(IPAddress.Any, Port));

    /// <summary>Where it hears; null before the first name, and where the port cannot be had.</summary>
    internal IPEndPoint? Address => _socket?.LocalEndPoint as IPEndPoint;

    /// <summary>Makes a name for an address.</summary>
    internal string Hide(IPAddress address)
    {
        var name = $"{Guid.NewGuid()}.local";
        _names[name] = address;
        lock (_starting)
        {
            if (_socket is null && (_socket = TryOpen()) is { } socket)
            {
                _ = RunAsync(socket);
            }
        }
        return name;
    }

    /// <summary>A name is not answered for any more.</summary>
    internal void Forget(string name) => _names.TryRemove(name, out _);

    private Socket? TryOpen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(bind);
            foreach (var nic in NetworkInterface.GetAllNetworkInterfaces().Where(n => n.OperationalStatus == OperationalStatus.Up && n.SupportsMulticast))
            {
                TryJoin(socket, nic);
            }
            return socket;
        }
        catch (SocketException)
        {
            // Another responder keeps the port to itself: the names stay unanswered, and the peer's checks may still come through.
            socket.Dispose();
            return null;
        }
    }

    private static void TryJoin(Socket socket, NetworkInterface nic)
    {
        try
        {
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(Group, nic.GetIPProperties().GetIPv4Properties().Index));
        }
        catch (Exception e) when (e is SocketException or NetworkInformationException)
        {
            // an interface without IPv4, or without multicast after all
        }
    }

    private async Task RunAsync(Socket socket)
    {
        var buffer = new byte[9000]; // RFC 6762 §17
        while (true)
        {
            try
            {
                var heard = await socket.ReceiveMessageFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0)).ConfigureAwait(false);
                if (MdnsMessage.TryReadQuestion(buffer.AsSpan(0, heard.ReceivedBytes), _names.GetValueOrDefault, out var asked))
                {
                    await AnswerAsync(socket, asked, (IPEndPoint)heard.RemoteEndPoint, heard.PacketInformation.Interface).ConfigureAwait(false);
                }
            }
            catch (SocketException)
            {
                await Task.Delay(TryAgainAfter).ConfigureAwait(false); // an interface went away, or an answer could not be sent
            }
        }
    }

    private static async Task AnswerAsync(Socket socket, MdnsQuestion asked, IPEndPoint from, int nic)
    {
        var isLegacy = from.Port != Port;
        var answer = MdnsMessage.Answer(asked, isLegacy);
        if (isLegacy || asked.WantsUnicast)
        {
            await socket.SendToAsync(answer, SocketFlags.None, from).ConfigureAwait(false);
            return;
        }
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.HostToNetworkOrder(nic));
        await socket.SendToAsync(answer, SocketFlags.None, new IPEndPoint(Group, Port)).ConfigureAwait(false);
    }
}
