using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Hub.Connections;
using Roost.Hub.Sockets;
using Roost.Hub.Sockets.Loop;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Links;

namespace Roost.Hub.Mesh;

/// <summary>The sockets of a hub's part in a mesh: dials, listens, shakes hands, and does what the core asks for.</summary>
internal sealed partial class MeshLinks(LinkSelf self, Dice dice, TimeSpan handshakeWithin, Func<LoopDialler?> loops, ILogger log) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<LinkId, MeshLink> _links = [];
    private readonly List<MeshLink> _batch = [];
    private readonly Handshakes _handshakes = new();
    private readonly MeshDialler _dialler = new(loops);
    private readonly CancellationTokenSource _end = new();
    private long _lastId;

    /// <summary>Where what happens goes.</summary>
    public Func<HubInput, byte[]?, ValueTask> Post { get; set; } = static (_, _) => ValueTask.CompletedTask;

    /// <summary>Where what happens within an effect goes.</summary>
    public Action<HubInput> PostFromPerform { get; set; } = static _ => { };

    /// <summary>Those who publish here and look for what is published.</summary>
    public required TopicDesk Topics { get; init; }

    /// <summary>Of all links there were.</summary>
    public LinkTraffic Traffic { get; } = new();

    /// <summary>Runs inside the driver.</summary>
    public void Perform(MeshEffect effect)
    {
        switch (effect)
        {
            case MeshEffect.Send send:
                if (!_links.TryGetValue(send.Link, out var link))
                {
                    break;
                }
                if (!link.TryAppend(send.Frame))
                {
                    PostFromPerform(new HubInput.FromMesh(new MeshInput.Undelivered(send.Link, send.Frame)));
                }
                else if (!link.InBatch)
                {
                    link.InBatch = true;
                    _batch.Add(link);
                }
                break;
            case MeshEffect.Dial dial:
                _ = DialAsync(dial);
                break;
            case MeshEffect.DialThrough dial:
                _ = DialThroughAsync(dial);
                break;
            case MeshEffect.Carried carried:
                Carried(carried);
                break;
            case MeshEffect.Close close when _links.TryGetValue(close.Link, out var closed):
                closed.Close(close.Why);
                break;
            case MeshEffect.Published published:
                Topics.Answer(published.Ticket, published.Record, published.PutTo);
                break;
            case MeshEffect.Sought sought:
                Topics.Answer(sought.Ticket, sought.Record);
                break;
            case MeshEffect.Notice { Warning: true } notice:
                Log.Warned(log, notice.Text);
                break;
            case MeshEffect.Notice notice:
                Log.Told(log, notice.Text);
                break;
        }
    }

    /// <summary>Sends what a batch of effects appended. Runs inside the driver.</summary>
    public void Flush()
    {
        foreach (var link in _batch)
        {
            link.InBatch = false;
            link.Flush();
        }
        _batch.Clear();
    }

    /// <summary>Serves a hub that dialled this one, until the link ends.</summary>
    public async Task ServeAsync(UpgradeRequest request, IDuplexPipe pipes, Action abort)
    {
        await pipes.Output.FlushAsync(_end.Token); // The answer to the upgrade: the dialler speaks first.
        await using var socket = new MeshSocket(pipes, dialled: false, abort);
        var address = ClientAddresses.Of(request.Remote);
        if (!_handshakes.TryEnter(address))
        {
            await socket.CloseAsync(LinkRefusal.TooSlow);
            await socket.AwaitEndAsync();
            return;
        }
        LinkPeer? peer;
        LinkRefusal why;
        try
        {
            using var handshake = new LinkHandshake(self, null, dice);
            (peer, why) = await ShakeAsync(socket, handshake);
        }
        finally
        {
            _handshakes.Leave(address);
        }
        if (peer is null)
        {
            Log.Refused(log, why);
            await socket.CloseAsync(why == LinkRefusal.None ? LinkRefusal.TooSlow : why);
            await socket.AwaitEndAsync();
        }
        else
        {
            await RunAsync(socket, peer, null, request.Remote is { } ip ? Reaches.Of(ip) : Reach.Public);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        foreach (var link in _links.Values)
        {
            link.Abort();
        }
    }

    private async Task DialAsync(MeshEffect.Dial dial)
    {
        await Task.Yield();
        var url = new Uri(dial.Url);
        var why = LinkRefusal.None;
        string detail = "";
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        deadline.CancelAfter(handshakeWithin);
        try
        {
            var (socket, reach) = await _dialler.DialAsync(url, dial.Allowed, deadline.Token);
            await using (socket)
            {
                using var handshake = new LinkHandshake(self, $"{url.IdnHost.ToLowerInvariant()}:{url.Port}", dice);
                (var peer, why) = await ShakeAsync(socket, handshake);
                if (peer is not null)
                {
                    await RunAsync(socket, peer, dial, reach);
                    return;
                }
                await socket.CloseAsync(why == LinkRefusal.None ? LinkRefusal.TooSlow : why);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or SocketException or AuthenticationException)
        {
            // Something answered, but not as a hub does: waiting is of no use.
            why = e is WebSocketException { WebSocketErrorCode: WebSocketError.NotAWebSocket } ? LinkRefusal.BadMessage : LinkRefusal.None;
            detail = Describe(e);
        }
        catch (Exception e)
        {
            Log.Mistaken(log, e, dial.Url); // Ours; but a hub that waits for the end of a dial for ever would never dial there again.
            detail = e.Message;
        }
        await Post(new HubInput.FromMesh(new MeshInput.DialFailed(dial.Url, why, dial.Wanted, detail)), null);
    }

    private static string Describe(Exception failure) => failure switch
    {
        AuthenticationException => "its certificate is not trusted here, or is for another name",
        OperationCanceledException => "no answer",
        { InnerException: SocketException inner } => inner.Message,
        _ => failure.Message.TrimEnd('.'),
    };

    private async Task<(LinkPeer? Peer, LinkRefusal Why)> ShakeAsync(IMeshSocket socket, LinkHandshake handshake)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        deadline.CancelAfter(handshakeWithin);
        await using var late = deadline.Token.Register(socket.Abort);
        try
        {
            if (handshake.First is { } first)
            {
                await socket.SendAsync(first);
            }
            while (true)
            {
                var message = await socket.ReceiveAsync();
                if (message.Event != SocketEvent.Binary)
                {
                    return (null, socket.CloseReason);
                }
                var step = handshake.Read(message.Bytes.ToArray());
                MeshSocket.Return(message);
                foreach (var reply in step.Replies)
                {
                    await socket.SendAsync(reply);
                }
                if (step.Done is not null || step.Refused != LinkRefusal.None)
                {
                    return (step.Done, step.Refused);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            return (null, LinkRefusal.None);
        }
    }

    private async Task RunAsync(IMeshSocket socket, LinkPeer peer, MeshEffect.Dial? dial, Reach reach, Carriage carried = Carriage.None)
    {
        var id = new LinkId(Interlocked.Increment(ref _lastId));
        var link = new MeshLink(id, socket, peer.Cipher, reach, Traffic);
        _links[id] = link;
        var why = LinkRefusal.None;
        try
        {
            if (dial?.Wanted is { } wanted && wanted != peer.Id)
            {
                await Post(new HubInput.FromMesh(new MeshInput.DialFailed(dial.Url, LinkRefusal.None, wanted)), null);
            }
            await Post(new HubInput.FromMesh(new MeshInput.LinkUp(id, peer.Key, peer.Run, dial?.Url, reach, carried)), null);
            why = await link.RunAsync(Post);
        }
        finally
        {
            _links.TryRemove(id, out _);
            EndCarriedBy(id);
            peer.Cipher.Dispose();
            await Post(new HubInput.FromMesh(new MeshInput.LinkDown(id, why)), null);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Mesh: {Text}")]
        public static partial void Told(ILogger log, string text);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Mesh: {Text}")]
        public static partial void Warned(ILogger log, string text);

        [LoggerMessage(Level = LogLevel.Error, Message = "ROOST-1900 a mistake while {Url} was dialled or linked")]
        public static partial void Mistaken(ILogger log, Exception exception, string url);

        [LoggerMessage(Level = LogLevel.Debug, Message = "A hub link was refused: {Why}")]
        public static partial void Refused(ILogger log, LinkRefusal why);
    }
}
