using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using Roost.Hub.Sockets;
using Roost.Hub.Sockets.Loop;
using Roost.Mesh.Federation;
using Roost.Mesh.Links;

namespace Roost.Hub.Mesh;

/// <summary>Dials the doors of other hubs: on the hub's own socket loop where there is one and the link is not TLS, else through .NET's sockets.</summary>
internal sealed class MeshDialler(Func<LoopDialler?> loops)
{
    /// <summary>Dials. No proxy, no redirect; only addresses that may be dialled (docs/protocol/mesh.md, "Learned addresses").</summary>
    /// <param name="url"><c>ws</c> or <c>wss</c>.</param>
    /// <param name="allowed">The class of addresses, beside public ones, that may be dialled; null: any.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="WebSocketException">What answered is no such door.</exception>
    /// <exception cref="IOException">It could not be reached.</exception>
    public async Task<(MeshSocket Socket, Reach Reach)> DialAsync(Uri url, Reach? allowed, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(url.DnsSafeHost, cancellationToken);
        var dialled = addresses.Where(address => allowed is null || Reaches.Of(address) is var reach && (reach == allowed || reach == Reach.Public)).ToArray();
        if (dialled.Length == 0)
        {
            throw new IOException("No address of it may be dialled from what was learned there.");
        }
        var (pipes, abort) = url.Scheme == "ws" && loops() is { } loop
            ? await ByLoopAsync(loop, dialled, url.Port, cancellationToken)
            : await ByStreamAsync(url, dialled, cancellationToken);
        var socket = new MeshSocket(pipes, dialled: true, abort);
        try
        {
            await using var late = cancellationToken.Register(abort);
            await ClientHandshake.OpenAsync(pipes, url, MeshTypes.Subprotocol);
            return (socket, Reaches.Of(dialled[0]));
        }
        catch
        {
            await socket.DisposeAsync();
            throw;
        }
    }

    private static async Task<(IDuplexPipe Pipes, Action Abort)> ByLoopAsync(LoopDialler loop, IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                var socket = await loop.DialAsync(new(addresses[i], port), cancellationToken);
                return (socket, socket.Abort);
            }
            catch (IOException) when (i + 1 < addresses.Length)
            {
                // The next address may do, as localhost's second does.
            }
        }
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The streams are cut by what is returned.")]
    private static async Task<(IDuplexPipe Pipes, Action Abort)> ByStreamAsync(Uri url, IPAddress[] addresses, CancellationToken cancellationToken)
    {
        var tcp = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await tcp.ConnectAsync(addresses, url.Port, cancellationToken);
            Stream stream = new NetworkStream(tcp, ownsSocket: true);
            if (url.Scheme == "wss")
            {
                var tls = new SslStream(stream);
                stream = tls;
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = url.IdnHost }, cancellationToken);
            }
            return (new StreamPipes(stream), stream.Dispose);
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
    }
}
