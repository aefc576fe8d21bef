using System.Buffers.Binary;
using System.Diagnostics;
using Roost.Core.Identity;
using Roost.Mesh.Signaling;
using Roost.Rtc.DataChannels;
using Roost.Rtc.Net;
using Roost.Rtc.Net.OpenSsl;
using Roost.Rtc.Peer;
using Roost.Rtc.Sdp;

namespace Roost.Peer.Direct;

/// <summary>What a connection reports, from threads of its own; must not block.</summary>
internal interface IDirectListener
{
    /// <summary>To be said to the peer.</summary>
    void Say(DirectConnection connection, Signal signal);

    /// <summary>The channel opened.</summary>
    void Opened(DirectConnection connection);

    /// <summary>The connection is of no use any more.</summary>
    void Failed(DirectConnection connection);

    /// <summary>Something came; told at most once in a while.</summary>
    void Alive(DirectConnection connection);

    /// <summary>A signal came over the channel.</summary>
    void Heard(DirectConnection connection, Signal signal);

    /// <summary>A frame of a feed, or that there is room for more of them, or the answer to a ping.</summary>
    void Tell(DirectConnection connection, DirectNews news);
}

/// <summary>One WebRTC connection to one peer, with the channels of docs/protocol/signaling.md. Verbs are carried out one after the other.</summary>
/// <remarks>Verbs and <see cref="Send"/> are called by one thread at a time.</remarks>
internal sealed class DirectConnection : IAsyncDisposable
{
    private const int HighBytes = 256 * 1024;
    private const int LowBytes = 64 * 1024;
    private const int MaxBufferedBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan AliveEvery = TimeSpan.FromMilliseconds(500);

    private readonly IDirectListener _listener;
    private readonly RtcPeerConnection _rtc;
    private readonly DataChannel _main;
    private readonly PartJoiner _joiner = new();
    private Task _line = Task.CompletedTask;
    private long _aliveAt;
    private int _failed;
    private bool _full;

    /// <exception cref="DtlsUnavailableException">OpenSSL 3 is missing.</exception>
    public DirectConnection(PeerId peer, string c, IReadOnlyList<IceServer> servers, IDirectListener listener)
    {
        Peer = peer;
        C = c;
        _listener = listener;
        _rtc = new RtcPeerConnection(new RtcConfiguration { IceServers = servers, MaxBufferedAmount = MaxBufferedBytes });
        _rtc.CandidateFound += (_, candidate) => _listener.Say(this, new Signal.Candidate(candidate?.ToString(), C));
        _rtc.ConnectionStateChanged += (_, state) => Note(state);
        _main = _rtc.CreateDataChannel(MainChannel.Label, new DataChannelInit { Negotiated = true, Id = 0 });
        _main.BufferedAmountLowThreshold = LowBytes;
        _main.BufferedAmountLow += (_, _) => _listener.Tell(this, new DirectNews.Drained(Peer));
        _main.StateChanged += (_, state) => Note(state);
        _main.OnMessage((_, message, _) => Receive(message));
        // Nothing of a session goes over it; a peer that also chats may use it.
        _rtc.CreateDataChannel("fast", new DataChannelInit { Negotiated = true, Id = 1, Ordered = false, MaxRetransmits = 0 })
            .OnMessage((_, _, _) => { });
    }

    public PeerId Peer { get; }

    public string C { get; }

    public bool IsOpen => _main.ReadyState == DataChannelState.Open;

    /// <summary>How the peer is reached; null before.</summary>
    public PeerPath? Path => _rtc.Path is { } path ? PathNames.Of(path) : null;

    /// <summary>The last answer to a ping; null before.</summary>
    public TimeSpan? RoundTrip { get; private set; }

    public void Offer() => Do(async () => Say(await _rtc.SetLocalDescriptionAsync().ConfigureAwait(false)));

    public void Restart() => Do(async () =>
    {
        _rtc.RestartIce();
        Say(await _rtc.SetLocalDescriptionAsync(await _rtc.CreateOfferAsync().ConfigureAwait(false)).ConfigureAwait(false));
    });

    public void Accept(string sdp) => Do(async () =>
    {
        await _rtc.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Offer, sdp)).ConfigureAwait(false);
        Say(await _rtc.SetLocalDescriptionAsync(await _rtc.CreateAnswerAsync().ConfigureAwait(false)).ConfigureAwait(false));
    });

    public void Take(string sdp) => Do(() => _rtc.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Answer, sdp)));

    public void Add(string? candidate) => Do(() =>
    {
        _rtc.AddIceCandidate(candidate);
        return Task.CompletedTask;
    });

    public void Ping()
    {
        var sentAt = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(sentAt, Stopwatch.GetTimestamp());
        Send(MainKind.Ping, sentAt);
    }

    /// <summary>Hands a message to the channel; one that cannot be taken whole ends the connection.</summary>
    public void Send(MainKind kind, ReadOnlyMemory<byte> body)
    {
        foreach (var frame in MainChannel.Write(kind, body))
        {
            if (!TrySend(frame))
            {
                Fail();
                return;
            }
        }
        if (_main.BufferedAmount > HighBytes && !_full)
        {
            _full = true;
            _listener.Tell(this, new DirectNews.Full(Peer));
            if (_main.BufferedAmount <= LowBytes)
            {
                _listener.Tell(this, new DirectNews.Drained(Peer));
            }
        }
    }

    /// <summary>What <see cref="DirectNews.Drained"/> meant has arrived.</summary>
    public void Drained() => _full = false;

    /// <summary>Closes, and tells the peer.</summary>
    public async ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _failed, 1);
        await _rtc.CloseAsync().ConfigureAwait(false);
    }

    private bool TrySend(byte[] frame)
    {
        try
        {
            return _main.TrySend(frame);
        }
        catch (RtcException)
        {
            return false; // longer than the peer takes
        }
    }

    private void Say(SessionDescription description) =>
        _listener.Say(this, description.Type == SdpType.Offer ? new Signal.Offer(description.Sdp, C) : new Signal.Answer(description.Sdp, C));

    private void Do(Func<Task> verb) => _line = DoAfterAsync(_line, verb);

    private static async Task DoAfterAsync(Task before, Func<Task> verb)
    {
        await before.ConfigureAwait(false);
        try
        {
            await verb().ConfigureAwait(false);
        }
        catch (Exception e) when (e is RtcException or ObjectDisposedException or OperationCanceledException)
        {
            // A signal that does not fit, from a peer that is mistaken or hostile: those behind it still count, and time decides.
        }
    }

    private void Note(PeerState state)
    {
        if (state is PeerState.Failed or PeerState.Closed)
        {
            Fail();
        }
    }

    private void Note(DataChannelState state)
    {
        if (state == DataChannelState.Open)
        {
            _listener.Opened(this);
        }
        else if (state == DataChannelState.Closed)
        {
            Fail();
        }
    }

    private void Fail()
    {
        if (Interlocked.Exchange(ref _failed, 1) == 0)
        {
            _listener.Failed(this);
        }
    }

    private void Receive(ReadOnlySpan<byte> frame)
    {
        if (Stopwatch.GetElapsedTime(_aliveAt) >= AliveEvery)
        {
            _aliveAt = Stopwatch.GetTimestamp();
            _listener.Alive(this);
        }
        if (!_joiner.TryAdd(frame, out var message))
        {
            Fail();
        }
        else if (message is [var kind, ..])
        {
            Receive((MainKind)kind, message.AsMemory(1));
        }
    }

    private void Receive(MainKind kind, ReadOnlyMemory<byte> body)
    {
        switch (kind)
        {
            case MainKind.Feed:
                _listener.Tell(this, new DirectNews.Frame(Peer, body));
                break;
            case MainKind.Ping when body.Length <= MainChannel.MaxPing:
                foreach (var pong in MainChannel.Write(MainKind.Pong, body))
                {
                    TrySend(pong);
                }
                break;
            case MainKind.Pong when body.Length == 8:
                RoundTrip = Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64BigEndian(body.Span));
                _listener.Tell(this, new DirectNews.Path(Peer, Path ?? PeerPath.Direct, RoundTrip));
                break;
            case MainKind.Signal when Signal.TryRead(body) is { } signal:
                _listener.Heard(this, signal);
                break;
        }
    }
}
