using System.Net;
using System.Net.Sockets;

namespace Roost.Rtc.Net.Mdns;

/// <summary>Asks the local network for the address behind a <c>.local</c> name, as browsers hide theirs.</summary>
internal static class MdnsResolver
{
    private static readonly IPEndPoint Group = new(IPAddress.Parse("224.0.0.251"), 5353);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>The address; null when nobody answered.</summary>
    internal static async Task<IPAddress?> ResolveAsync(string name)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Any, 0));
            var question = MdnsMessage.Question(name);
            var buffer = new byte[9000]; // RFC 6762 §17
            while (true)
            {
                await socket.SendToAsync(question, SocketFlags.None, Group, timeout.Token).ConfigureAwait(false);
                using var repeat = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token);
                repeat.CancelAfter(RepeatAfter);
                try
                {
                    while (true)
                    {
                        var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), repeat.Token).ConfigureAwait(false);
                        if (MdnsMessage.TryReadAnswer(buffer.AsSpan(0, received.ReceivedBytes), name, out var address))
                        {
                            return address;
                        }
                    }
                }
                catch (OperationCanceledException) when (!timeout.IsCancellationRequested)
                {
                    // no answer yet: ask again
                }
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return null; // no multicast here, or nobody knows the name
        }
    }
}
