using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Roost.Hub.Connections;

namespace Roost.Hub.Sockets;

/// <summary>The fast path: WebSockets straight on Kestrel's connection, without an HTTP request around them.</summary>
public static class RoostSocketsExtensions
{
    // As long as Kestrel keeps an idle connection; browsers open some ahead of need.
    private static readonly TimeSpan FirstBytesWithin = TimeSpan.FromSeconds(130);
    private static readonly TimeSpan HeadWithin = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Takes WebSocket upgrades that a hub door claims before ASP.NET sees them, which takes half the memory of a connection. Everything else,
    /// and an upgrade later on a kept-alive connection, goes the ordinary way, where the routes of <c>MapRoostHub()</c> serve it.
    /// </summary>
    /// <remarks>Call it after <c>UseHttps</c>.</remarks>
    public static ListenOptions UseRoostSockets(this ListenOptions options)
    {
        var hub = options.ApplicationServices.GetRequiredService<HubService>();
        options.Use(next => connection => ServeAsync(hub, next, connection));
        return options;
    }

    private static async Task ServeAsync(HubService hub, ConnectionDelegate next, ConnectionContext connection)
    {
        var claim = await ReadClaimAsync(hub, connection);
        if (claim is not { } taken)
        {
            await next(connection);
            return;
        }
        connection.Transport.Output.Write(Handshake.Accept(taken.Head.Key, taken.Door.Subprotocol));
        await hub.ServeAsync(taken.Door, taken.Request, connection.Transport, () => connection.Abort());
    }

    private static async Task<(Handshake.Head Head, HubDoor Door, UpgradeRequest Request)?> ReadClaimAsync(HubService hub, ConnectionContext connection)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        deadline.CancelAfter(FirstBytesWithin);
        var input = connection.Transport.Input;
        bool began = false;
        try
        {
            while (true)
            {
                var result = await input.ReadAsync(deadline.Token);
                var buffer = result.Buffer;
                bool whole = Handshake.TryRead(buffer, out var head, out bool needsMore, out int size);
                if (whole && Claim(hub, head, (connection.RemoteEndPoint as IPEndPoint)?.Address) is { } claim)
                {
                    input.AdvanceTo(buffer.GetPosition(size));
                    return (head, claim.Door, claim.Request);
                }
                if (!needsMore || result.IsCompleted)
                {
                    // Nothing consumed, nothing examined: Kestrel reads it again from the start.
                    input.AdvanceTo(buffer.Start, buffer.Start);
                    return null;
                }
                input.AdvanceTo(buffer.Start, buffer.End);
                if (!began)
                {
                    began = true;
                    deadline.CancelAfter(HeadWithin);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            connection.Abort(); // Said nothing, or too little, for too long; or went away, as whoever does not trust the certificate does.
            return null;
        }
    }

    /// <summary>The door that a WebSocket's opening is meant for, and what it asks for.</summary>
    internal static (HubDoor Door, UpgradeRequest Request)? Claim(HubService hub, Handshake.Head head, IPAddress? remote)
    {
        int question = head.Target.IndexOf('?', StringComparison.Ordinal);
        string path = question < 0 ? head.Target : head.Target[..question];
        var request = new UpgradeRequest(
            Uri.UnescapeDataString(path),
            question < 0 ? "" : head.Target[(question + 1)..],
            head.Subprotocols,
            hub.ClientOf(remote, head.ForwardedFor));
        var door = hub.DoorFor(request);
        // A door that insists on its subprotocol answers in plain HTTP when it is missing.
        return door is null || (door.Subprotocol is { } wanted && !request.Offers(wanted)) ? null : (door, request);
    }
}
