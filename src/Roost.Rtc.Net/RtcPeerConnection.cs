using System.Threading.Channels;
using Roost.Core.Cores;
using Roost.Rtc.DataChannels;
using Roost.Rtc.Ice;
using Roost.Rtc.Net.Loop;
using Roost.Rtc.Net.OpenSsl;
using Roost.Rtc.Peer;

namespace Roost.Rtc.Net;

/// <summary>A connection to one peer for data channels; W3C words (RTCPeerConnection).</summary>
/// <remarks>
/// Thread-safe. Descriptions and candidates travel by whatever signaling the application has. Events are raised off the
/// network thread, one after another, in the order things happened.
/// </remarks>
public sealed partial class RtcPeerConnection : IAsyncDisposable
{
    private readonly RtcRuntime _runtime;
    private readonly RtcLoop _loop;
    private readonly LoopPeer _peer;
    private readonly OpenSslContext _context;
    private readonly Channel<Action> _events = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gathered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;
    private long _maxMessageSize = long.MaxValue;

    /// <summary>Makes a connection on the process's shared runtime.</summary>
    /// <exception cref="DtlsUnavailableException">OpenSSL 3 is missing; the message names the package.</exception>
    public RtcPeerConnection(RtcConfiguration? configuration = null)
        : this(configuration, RtcRuntime.Shared)
    {
    }

    internal RtcPeerConnection(RtcConfiguration? configuration, RtcRuntime runtime)
    {
        Configuration = configuration ?? new RtcConfiguration();
        _runtime = runtime;
        _loop = runtime.NextLoop();
        _context = runtime.ContextFor(Configuration.Certificate);
        var prefix = (uint)CryptoDice.Instance.NextUInt64();
        var core = new PeerCore(Configuration.Peer, _loop.Buffers, _context, CryptoDice.Instance, prefix);
        _peer = new LoopPeer(this, core, prefix);
        _loop.Post(new LoopCommand(_peer, (peer, _) => _loop.Add(peer)));
        _ = PumpEventsAsync();
    }

    /// <summary>What it was made with.</summary>
    public RtcConfiguration Configuration { get; }

    /// <summary>State of the whole connection.</summary>
    public PeerState ConnectionState => (PeerState)Volatile.Read(ref _state);

    /// <summary>State of ICE.</summary>
    public IceState IceConnectionState { get; private set; }

    /// <summary>Progress of gathering.</summary>
    public IceGatheringState IceGatheringState { get; private set; }

    /// <summary>State of offer and answer.</summary>
    public SignalingState SignalingState { get; private set; }

    /// <summary>How the peers are connected: directly or through a relay; null before.</summary>
    public IcePath? Path { get; private set; }

    /// <summary>Why the connection failed; null otherwise.</summary>
    public string? FailureReason { get; private set; }

    /// <summary>The longest message the peer takes, in bytes.</summary>
    public long MaxMessageSize => Volatile.Read(ref _maxMessageSize);

    /// <summary>Completes when data can flow; fails with <see cref="RtcException"/> when the connection fails or closes first.</summary>
    public Task Connected => _connected.Task;

    /// <summary>Completes when the connection is closed.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Completes when all candidates are found, for signaling that cannot trickle.</summary>
    public Task Gathered => _gathered.Task;

    /// <summary>A local candidate to be signaled; null after the last one. Pass on <see cref="IceCandidate.ToString"/>.</summary>
    public event EventHandler<IceCandidate?>? CandidateFound;

    /// <summary>The peer opened a channel. Messages wait until it is read.</summary>
    public event EventHandler<DataChannel>? ChannelArrived;

    /// <summary><see cref="ConnectionState"/> changed.</summary>
    public event EventHandler<PeerState>? ConnectionStateChanged;

    /// <summary><see cref="IceConnectionState"/> changed.</summary>
    public event EventHandler<IceState>? IceConnectionStateChanged;

    /// <summary>The path changed: found, or a better one.</summary>
    public event EventHandler<IcePath>? PathChanged;

    /// <summary>A STUN or TURN server could not be used; the text says which and why.</summary>
    public event EventHandler<string>? ServerFailed;

    /// <summary>Makes a data channel. Before the connection is up it waits; afterwards it opens at once.</summary>
    /// <remarks>An <see cref="DataChannelInit.Id"/> that is in use, or more channels than <see cref="PeerOptions.MaxChannels"/>, is seen on the loop: the channel is then closed at once.</remarks>
    /// <exception cref="RtcException"><see cref="RtcError.Type"/>: the properties contradict each other. <see cref="RtcError.InvalidState"/>: the connection is closed.</exception>
    public DataChannel CreateDataChannel(string label, DataChannelInit? init = null)
    {
        ArgumentNullException.ThrowIfNull(label);
        init = (init ?? new DataChannelInit()) with { Label = label };
        if (init.Problem is { } problem)
        {
            throw new RtcException(RtcError.Type, problem);
        }
        if (ConnectionState == PeerState.Closed)
        {
            throw new RtcException(RtcError.InvalidState, "The connection is closed.");
        }
        var channel = new DataChannel(this, init);
        Post((peer, now) =>
        {
            if (peer.Core.CreateChannel(init, now, out var refusal) is { } core)
            {
                channel.Attach(core);
                if (core.State != DataChannelState.Connecting)
                {
                    channel.OnState(core.State);
                }
            }
            else
            {
                _runtime.LogRefusedChannel(label, refusal!);
                channel.OnState(DataChannelState.Closed);
            }
        });
        return channel;
    }

    /// <summary>A snapshot of counters.</summary>
    public Task<RtcStatistics> GetStatisticsAsync() => _loop.Run(_peer, (core, _) =>
        new RtcStatistics(core.State, core.Path, core.IceRoundTrip, core.SctpStatistics, core.ChannelCount));

    /// <summary>Closes the connection and waits until the peer was told and all resources are free. Any number of times, from anywhere, at any moment.</summary>
    public async Task CloseAsync()
    {
        Post((peer, now) =>
        {
            peer.Core.Close(now);
            if (peer.IsRemoved)
            {
                OnClosedOnLoop();
            }
        });
        if (_loop.HasEnded)
        {
            OnClosedOnLoop(); // its runtime is gone, and with it everything that could still close
        }
        await _closed.Task.ConfigureAwait(false);
    }

    /// <inheritdoc cref="CloseAsync"/>
    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    internal void Post(Action<LoopPeer, Instant> verb) => _loop.Post(new LoopCommand(_peer, verb));

    internal void Post(DataChannel channel, byte[] buffer, int length, bool isText) =>
        _loop.Post(new LoopCommand(_peer, channel, buffer, length, isText));

    internal void PostRead(long bytes, int messages) => _loop.Post(new LoopCommand(_peer, bytes, messages));

    internal void Raise(Action handler) => _events.Writer.TryWrite(handler);

    /// <summary>On the loop: a defect of ours ends the connection.</summary>
    internal void Break(Exception cause)
    {
        FailureReason = $"A defect in this library ended the connection ({cause.GetType().Name}: {cause.Message}). Please report it with the log.";
        SetState(PeerState.Failed, cause);
        Raise(() => ConnectionStateChanged?.Invoke(this, PeerState.Failed));
    }

    /// <summary>On the loop: a function that gets messages threw.</summary>
    internal void OnHandlerThrew(Exception exception) => _runtime.LogBrokenHandler(exception);

    /// <summary>On the loop, after the last effects were carried out.</summary>
    internal void OnClosedOnLoop()
    {
        SetState(PeerState.Closed, null);
        Post((peer, _) => _loop.Remove(peer));
        if (Configuration.Certificate is not null)
        {
            _context.Dispose();
        }
        _closed.TrySetResult();
        _events.Writer.TryComplete();
    }

    private void SetState(PeerState state, Exception? cause)
    {
        Volatile.Write(ref _state, (int)state);
        if (state == PeerState.Connected)
        {
            _connected.TrySetResult();
        }
        else if (state is PeerState.Failed or PeerState.Closed
            && _connected.TrySetException(new RtcException(
                state == PeerState.Failed ? RtcError.Operation : RtcError.InvalidState, FailureReason ?? "The connection was closed before it was up.", cause)))
        {
            _ = _connected.Task.Exception; // observed: nobody need await it
        }
    }

    private async Task PumpEventsAsync()
    {
        await foreach (var handler in _events.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                handler();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // An application's handler threw: its fault must not stop the events after it.
                _runtime.LogBrokenHandler(e);
            }
        }
    }
}
