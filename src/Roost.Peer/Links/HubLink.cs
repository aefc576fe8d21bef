using System.Net.WebSockets;
using System.Security.Authentication;
using System.Threading.Channels;
using Roost.Core.Cores;
using Roost.Mesh.Peers;
using Roost.Mesh.Wire;

namespace Roost.Peer.Links;

/// <summary>The shell of <see cref="HubLinkCore"/>: its sockets. Thread-safe.</summary>
public sealed class HubLink : IAsyncDisposable
{
    // What may wait for a slow network before the link counts as lost: the hub's own limit for a reader, doubled.
    private const int MaxQueuedFrames = 512;

    private readonly CoreDriver<HubLinkInput, HubLinkEffect> _driver;
    private readonly Action<HubLinkEffect> _observe;
    private readonly Action? _drained;
    private readonly CancellationTokenSource _stop = new();
    private Socket? _socket;

    /// <summary>Makes a link that is idle until <see cref="Start"/>.</summary>
    /// <param name="options">Where to go, as whom.</param>
    /// <param name="dice">Cryptographic randomness.</param>
    /// <param name="observe">Hears Online, Offline, Heard and Replaced on the link's loop; must not block.</param>
    /// <param name="drained">Called when all that was to be said has been handed to the network; any thread, must not block.</param>
    public HubLink(HubLinkOptions options, Dice dice, Action<HubLinkEffect> observe, Action? drained = null)
    {
        _observe = observe;
        _drained = drained;
        _driver = new(new HubLinkCore(options, dice), Perform, InstantClock.System);
    }

    /// <summary>Starts dialling.</summary>
    public void Start()
    {
        _driver.Start();
        _driver.Post(new HubLinkInput.Start());
    }

    /// <summary>Hands in an input such as JOIN or something to say.</summary>
    public void Post(HubLinkInput input) => _driver.Post(input);

    /// <summary>Says goodbye and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        _driver.Post(new HubLinkInput.Stop());
        await _driver.DisposeAsync().ConfigureAwait(false);
        if (_socket is { } last)
        {
            await last.Finished.ConfigureAwait(false);
        }
        await _stop.CancelAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private void Perform(HubLinkEffect effect)
    {
        switch (effect)
        {
            case HubLinkEffect.Dial dial:
                _socket = new Socket(this, dial.Door);
                break;
            case HubLinkEffect.Transmit transmit:
                _socket?.Send(transmit.Message);
                break;
            case HubLinkEffect.Hangup:
                _socket?.Hangup();
                break;
            default:
                _observe(effect);
                break;
        }
    }

    /// <summary>One dialled socket: a reading loop and a writing loop. After a hang-up it is silent.</summary>
    private sealed class Socket : IDisposable
    {
        private readonly HubLink _link;
        private readonly ClientWebSocket _web = new();
        private readonly Channel<byte[]> _out = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MaxQueuedFrames) { SingleReader = true });
        private readonly CancellationTokenSource _read = new();
        private volatile bool _hungUp;

        public Socket(HubLink link, Uri door)
        {
            _link = link;
            _web.Options.AddSubProtocol(DoorTypes.Subprotocol);
            _web.Options.KeepAliveInterval = TimeSpan.Zero;
            Finished = Task.Run(() => RunAsync(door, link._stop.Token));
        }

        public Task Finished { get; }

        public void Send(byte[] message)
        {
            if (!_out.Writer.TryWrite(message) && !_hungUp)
            {
                Tell(new HubLinkInput.Closed("the network is too slow for what is sent"));
                Hangup();
            }
        }

        public void Hangup()
        {
            _hungUp = true;
            _out.Writer.TryComplete();
        }

        public void Dispose()
        {
            _web.Dispose();
            _read.Dispose();
        }

        private void Tell(HubLinkInput input)
        {
            if (!_hungUp)
            {
                _link._driver.Post(input);
            }
        }

        private async Task RunAsync(Uri door, CancellationToken stop)
        {
            try
            {
                await _web.ConnectAsync(door, stop).ConfigureAwait(false);
                Tell(new HubLinkInput.Opened());
                var writing = WriteAsync(stop);
                Tell(new HubLinkInput.Closed(await ReadAsync(stop).ConfigureAwait(false)));
                Hangup();
                await _read.CancelAsync().ConfigureAwait(false);
                await writing.ConfigureAwait(false);
            }
            catch (Exception e) when (IsLoss(e))
            {
                Tell(new HubLinkInput.Closed(WhyNot(e)));
            }
            finally
            {
                Dispose();
            }
        }

        private static bool IsLoss(Exception e) => e is WebSocketException or OperationCanceledException or IOException or InvalidOperationException;

        /// <summary>Reads until the end, and says why it ended.</summary>
        private async Task<string> ReadAsync(CancellationToken stop)
        {
            try
            {
                return await ReadMessagesAsync(stop).ConfigureAwait(false);
            }
            catch (Exception e) when (IsLoss(e))
            {
                return $"the connection to the hub was lost ({e.InnerException?.Message ?? e.Message})";
            }
        }

        private static string WhyNot(Exception e)
        {
            for (var inner = e; inner is not null; inner = inner.InnerException)
            {
                if (inner is AuthenticationException)
                {
                    return $"its certificate is not trusted here ({inner.Message.TrimEnd('.')}); for a hub with --tls self set SSL_CERT_FILE to the tls.crt in its data directory";
                }
            }
            return e.InnerException?.Message ?? e.Message;
        }

        private async Task<string> ReadMessagesAsync(CancellationToken stop)
        {
            var buffer = new byte[DoorTypes.MaxMessage];
            while (true)
            {
                int length = 0;
                ValueWebSocketReceiveResult result;
                do
                {
                    if (length == buffer.Length)
                    {
                        return "the hub sent more than a frame may hold";
                    }
                    result = await _web.ReceiveAsync(buffer.AsMemory(length), stop).ConfigureAwait(false);
                    length += result.Count;
                }
                while (!result.EndOfMessage);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return $"the hub closed the link ({(int?)_web.CloseStatus} {_web.CloseStatusDescription})".Replace(" )", ")", StringComparison.Ordinal);
                }
                Tell(new HubLinkInput.Message(buffer.AsSpan(0, length).ToArray()));
            }
        }

        private async Task WriteAsync(CancellationToken stop)
        {
            try
            {
                await foreach (var message in _out.Reader.ReadAllAsync(stop).ConfigureAwait(false))
                {
                    await _web.SendAsync(message, WebSocketMessageType.Binary, WebSocketMessageFlags.EndOfMessage, stop).ConfigureAwait(false);
                    if (_out.Reader.Count == 0)
                    {
                        _link._drained?.Invoke();
                    }
                }
                if (_web.State is WebSocketState.Open or WebSocketState.CloseReceived)
                {
                    // A second for the other side to agree; then the socket is dropped.
                    using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
                    patience.CancelAfter(TimeSpan.FromSeconds(1));
                    await _web.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token).ConfigureAwait(false);
                    using var agreed = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _read.Token);
                    await Task.Delay(Timeout.Infinite, agreed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    if (!_read.IsCancellationRequested)
                    {
                        _web.Abort();
                    }
                }
            }
            catch (Exception e) when (IsLoss(e))
            {
                Tell(new HubLinkInput.Closed(e.Message));
                _web.Abort();
            }
        }
    }
}
