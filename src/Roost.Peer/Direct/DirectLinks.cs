using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Peers;
using Roost.Mesh.Signaling;
using Roost.Mesh.Wire;
using Roost.Peer.Links;
using Roost.Peer.Storage;
using Roost.Rtc.Net;
using Roost.Rtc.Net.OpenSsl;

namespace Roost.Peer.Direct;

/// <summary>
/// Direct links to members of one room: the shell of <see cref="DirectLinksCore"/>, with sealed signals over the hub and over the links themselves.
/// </summary>
/// <remarks>Thread-safe. News comes from several threads; must not block.</remarks>
internal sealed class DirectLinks : IDirectListener, IAsyncDisposable
{
    private const byte SignalKind = 0x00;

    private readonly RoomKeys _room;
    private readonly EnvelopeDesk _desk;
    private readonly bool _hostsOnly;
    private readonly Action<DoorFrame> _sayToHub;
    private readonly Action<DirectNews> _tell;
    private readonly CoreDriver<object, DirectEffect> _driver;
    private readonly Dictionary<PeerId, SessionId> _members = [];
    private readonly Dictionary<PeerId, DirectConnection> _connections = [];
    private readonly HashSet<PeerId> _up = [];
    private readonly List<Task> _closing = [];
    private IReadOnlyList<IceServer> _servers = [];
    private bool _isOnline;
    private PeerId? _hub; // May be in the room to keep it; it is reached as it is.

    /// <param name="room">The room.</param>
    /// <param name="identity">This peer's key.</param>
    /// <param name="session">This process's session in the room.</param>
    /// <param name="options">What links to make.</param>
    /// <param name="sayToHub">Sends a frame to the hub; dropped while there is none.</param>
    /// <param name="tell">Hears the news.</param>
    public DirectLinks(RoomKeys room, SigningKey identity, SessionId session, DirectOptions options, Action<DoorFrame> sayToHub, Action<DirectNews> tell)
    {
        _room = room;
        _desk = new EnvelopeDesk(room, identity, session);
        _hostsOnly = options.Role == DirectRole.Offers;
        _sayToHub = sayToHub;
        _tell = tell;
        RtcRuntime.WarmUp(); // while the hub is dialled
        _driver = new(new Core(this, new DirectLinksCore(options, SystemDice.Instance)), Perform, InstantClock.System);
        _driver.Start();
    }

    /// <summary>Takes in what the hub link says.</summary>
    public void Hear(HubLinkEffect effect) => _driver.Post(effect);

    /// <summary>Sends a frame of a feed to a peer whose link is up; one to another peer is dropped, and asked for again by its reader.</summary>
    public void Send(PeerId peer, ReadOnlyMemory<byte> payload) => _driver.Post(new Outgoing(peer, payload));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _driver.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll([.. _closing, .. _connections.Values.Select(c => c.DisposeAsync().AsTask())]).ConfigureAwait(false);
    }

    void IDirectListener.Say(DirectConnection connection, Signal signal) => _driver.Post(new Saying(connection, signal));

    void IDirectListener.Opened(DirectConnection connection) => _driver.Post(new DirectInput.Opened(connection.Peer, connection.C));

    void IDirectListener.Failed(DirectConnection connection) => _driver.Post(new DirectInput.Failed(connection.Peer, connection.C));

    void IDirectListener.Alive(DirectConnection connection) => _driver.Post(new DirectInput.Alive(connection.Peer, connection.C));

    void IDirectListener.Heard(DirectConnection connection, Signal signal) => _driver.Post(new DirectInput.Heard(connection.Peer, default, signal));

    void IDirectListener.Tell(DirectConnection connection, DirectNews news)
    {
        if (news is DirectNews.Frame)
        {
            _tell(news);
        }
        else
        {
            _driver.Post(new Telling(connection, news));
        }
    }

    /// <summary>On the driver's loop: makes inputs of the core out of what is no such thing yet.</summary>
    private List<DirectInput> Translate(object input)
    {
        switch (input)
        {
            case DirectInput ready:
                return [ready];
            case HubLinkEffect.Online online:
                _isOnline = true;
                _hub = PeerId.OfKey(online.Hub);
                _servers = WelcomeServers.Read(online.WelcomeJson);
                return [new DirectInput.Hub(true)];
            case HubLinkEffect.Offline:
                _isOnline = false;
                return [new DirectInput.Hub(false)];
            case HubLinkEffect.Heard { Frame: DoorFrame.Members members } when members.Room == _room.Room:
                return members.List.Select(Come).OfType<DirectInput>().ToList();
            case HubLinkEffect.Heard { Frame: DoorFrame.Joined joined } when joined.Room == _room.Room:
                return Come(joined.Member) is { } here ? [here] : [];
            case HubLinkEffect.Heard { Frame: DoorFrame.Left left } when left.Room == _room.Room:
                _members.Remove(left.Peer);
                // Losing its hub is not leaving: a link that is up goes on without.
                return left.Reason == LeftReason.ConnectionLost ? [] : [new DirectInput.Gone(left.Peer)];
            case HubLinkEffect.Heard { Frame: DoorFrame.Signal signal }:
                return Open(signal) is { } heard ? [heard] : [];
            case Outgoing outgoing:
                Send(outgoing);
                return [];
            case Saying saying when IsCurrent(saying.Connection):
                Say(saying.Connection.Peer, saying.Signal);
                return [];
            case Telling telling when IsCurrent(telling.Connection):
                Tell(telling);
                return [];
            default:
                return [];
        }
    }

    private DirectInput.Here? Come(Member member)
    {
        _members[member.Peer] = member.Session;
        return (_hostsOnly && !member.IsHost) || member.Peer == _hub ? null : new DirectInput.Here(member.Peer, member.Session);
    }

    private DirectInput.Heard? Open(DoorFrame.Signal signal) =>
        _members.TryGetValue(signal.From, out var session) && _desk.TryOpen(signal.From, signal.Payload.Span, out var from, out var payload)
        && from == session && payload is [SignalKind, ..] && Signal.TryRead(payload.AsMemory(1)) is { } said
            ? new DirectInput.Heard(signal.From, from, said) : null;

    private bool IsCurrent(DirectConnection connection) => _connections.TryGetValue(connection.Peer, out var current) && current == connection;

    private void Send(Outgoing outgoing)
    {
        if (_up.Contains(outgoing.Peer) && _connections.TryGetValue(outgoing.Peer, out var connection))
        {
            connection.Send(MainKind.Feed, outgoing.Payload);
        }
    }

    /// <summary>Over the link where it is up, so that linked peers need no hub; over the hub else; without one, over a link that may yet carry it.</summary>
    private void Say(PeerId peer, Signal signal)
    {
        bool hasChannel = _connections.TryGetValue(peer, out var connection) && connection.IsOpen;
        if (hasChannel && (_up.Contains(peer) || !_isOnline))
        {
            connection!.Send(MainKind.Signal, signal.ToJson());
        }
        else if (_members.TryGetValue(peer, out var session))
        {
            _sayToHub(new DoorFrame.Signal(default, peer, _desk.Seal(peer, session, [SignalKind, .. signal.ToJson()])));
        }
    }

    private void Tell(Telling telling)
    {
        if (telling.News is DirectNews.Drained)
        {
            telling.Connection.Drained();
        }
        if (telling.News is not DirectNews.Path || _up.Contains(telling.Connection.Peer))
        {
            _tell(telling.News);
        }
    }

    private void Perform(DirectEffect effect)
    {
        switch (effect)
        {
            case DirectEffect.Build build:
                Build(build);
                break;
            case DirectEffect.Accept accept:
                Find(accept.Peer, accept.C)?.Accept(accept.Sdp);
                break;
            case DirectEffect.Take take:
                Find(take.Peer, take.C)?.Take(take.Sdp);
                break;
            case DirectEffect.Add add:
                Find(add.Peer, add.C)?.Add(add.Candidate);
                break;
            case DirectEffect.Restart restart:
                Find(restart.Peer, restart.C)?.Restart();
                break;
            case DirectEffect.Ping ping when _connections.TryGetValue(ping.Peer, out var connection):
                connection.Ping();
                break;
            case DirectEffect.Drop drop:
                Drop(drop.Peer);
                break;
            case DirectEffect.Say say:
                Say(say.Peer, say.Signal);
                break;
            case DirectEffect.Up up:
                _up.Add(up.Peer);
                _tell(new DirectNews.Up(up.Peer));
                break;
            case DirectEffect.Down down:
                _up.Remove(down.Peer);
                _tell(new DirectNews.Down(down.Peer));
                _tell(new DirectNews.Path(down.Peer, PeerPath.Hub, null));
                break;
        }
    }

    private DirectConnection? Find(PeerId peer, string c) => _connections.TryGetValue(peer, out var connection) && connection.C == c ? connection : null;

    private void Build(DirectEffect.Build build)
    {
        Drop(build.Peer);
        try
        {
            var connection = new DirectConnection(build.Peer, build.C, _servers, this);
            _connections.Add(build.Peer, connection);
            if (build.Offers)
            {
                connection.Offer();
            }
        }
        catch (DtlsUnavailableException e)
        {
            _tell(new DirectNews.Unavailable(e.Message));
            _driver.Post(new DirectInput.Failed(build.Peer, build.C));
        }
    }

    private void Drop(PeerId peer)
    {
        if (_connections.Remove(peer, out var connection))
        {
            _closing.RemoveAll(task => task.IsCompleted);
            _closing.Add(connection.DisposeAsync().AsTask());
        }
    }

    /// <summary>What the driver runs: one input here may be several of the core, or none.</summary>
    private sealed class Core(DirectLinks links, DirectLinksCore core) : IProtocolCore<object, DirectEffect>
    {
        public Wake? NextWake => core.NextWake;

        public void Handle(object input, Instant now)
        {
            foreach (var one in links.Translate(input))
            {
                core.Handle(one, now);
            }
        }

        public void Tick(Instant now) => core.Tick(now);

        public bool TryTake([MaybeNullWhen(false)] out DirectEffect effect) => core.TryTake(out effect);
    }

    private sealed record Outgoing(PeerId Peer, ReadOnlyMemory<byte> Payload);

    private sealed record Saying(DirectConnection Connection, Signal Signal);

    private sealed record Telling(DirectConnection Connection, DirectNews News);
}
