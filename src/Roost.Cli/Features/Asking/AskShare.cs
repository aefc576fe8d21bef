using System.Text;
using Roost.Cli.Terminal;
using Roost.Core.Crypto;
using Roost.Core.Rooms;
using Roost.Peer.Storage;
using Roost.Peer.Streams;

namespace Roost.Cli.Features.Asking;

/// <summary>Those who read along: a hub, a host, and what viewers ask.</summary>
internal sealed class AskShare : IAsyncDisposable
{
    // PROTOCOL 10: "until every viewer has acknowledged the end, at most 10 s".
    private static readonly TimeSpan AcknowledgeWithin = TimeSpan.FromSeconds(10);

    private readonly RoomFolder? _folder;
    private readonly SigningKey? _ownKey;
    private PrivateHub? _hub;
    private TextStreamHost? _host;

    private AskShare(StreamOptions options)
    {
        _folder = options.Room is { } name ? RoomFolder.Open(name) : null;
        _ownKey = _folder is null ? SigningKey.Generate(SystemDice.Instance) : null;
    }

    public static async Task<AskShare> StartAsync(AskOptions options, string title, Screen screen, JsonLines json, Action<StreamHostEvent> happened)
    {
        var share = new AskShare(options.Stream);
        try
        {
            await share.OpenAsync(options, title, screen, json, happened);
            return share;
        }
        catch
        {
            await share.DisposeAsync();
            throw;
        }
    }

    public void Write(string text) => _host!.Write(Encoding.UTF8.GetBytes(text));

    public void End(bool interrupted) => _host!.End(null, interrupted ? "interrupted" : "eof");

    /// <summary>Waits until all who read have the end, as <c>roost stream</c> does.</summary>
    public async Task LingerAsync(StreamOptions options, Screen screen, CancellationToken interrupt)
    {
        if (options.Linger is { } time)
        {
            await Task.Delay(time, interrupt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        else if (Screen.IsTerminal && !options.Json && !interrupt.IsCancellationRequested)
        {
            screen.Good("the answer is complete; serving late joiners, ^C to stop");
            await Task.Delay(Timeout.Infinite, interrupt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        else
        {
            using var patience = new CancellationTokenSource(AcknowledgeWithin);
            await _host!.EndAcknowledged.WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
        if (_hub is not null)
        {
            await _hub.DisposeAsync();
        }
        _folder?.Dispose();
        _ownKey?.Dispose();
    }

    private async Task OpenAsync(AskOptions options, string title, Screen screen, JsonLines json, Action<StreamHostEvent> happened)
    {
        var stream = options.Stream;
        var key = _folder?.Key ?? _ownKey!;
        var secret = _folder?.Secret ?? RoomSecret.Generate(SystemDice.Instance);
        using var room = new RoomKeys(secret, key.PublicKey.ToOwnerId());
        if (stream.Hubs.Length == 0)
        {
            _hub = await PrivateHub.StartAsync(room.Room, stream.Host, stream.Port ?? _folder?.Port, fixedPort: stream.Port is > 0, screen);
            if (_folder is not null)
            {
                _folder.Port = _hub.Port;
            }
        }
        _host = TextStreamHost.Start(new TextStreamHostOptions
        {
            Hubs = _hub is null ? stream.Hubs : [_hub.LocalOrigin],
            Key = key,
            Secret = secret,
            Title = title,
            Format = stream.Format,
            CanAsk = options.CanAsk,
            LogPath = _folder?.LogPath,
            MaxDirect = stream.MaxDirect,
        });
        _host.Happened += happened;
        string link = _host.InviteAt(_hub?.PublicOrigin ?? Mesh.Peers.HubAddress.Parse(stream.Hubs[0]).Origin).ToString();
        new StreamWords(screen, stream).Welcome(link, isPrivate: _hub is not null);
        json.Write("ready", ("room", _host.Room.ToString()), ("link", link), ("resumed", _host.Resumed));
    }
}
