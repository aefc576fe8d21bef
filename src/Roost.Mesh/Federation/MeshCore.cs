using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Leases;
using Roost.Mesh.Membership;
using Roost.Mesh.Overlay;
using Roost.Mesh.PubSub;
using Roost.Mesh.Routing;
using Roost.Mesh.Topics;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Federation;

/// <summary>One hub's part in a mesh of hubs: who is there, who has which peer, what goes where. Knows no socket, no cipher and no clock.</summary>
/// <remarks>A part of <see cref="Hubs.HubCore"/>, which drives it: not thread-safe.</remarks>
public sealed partial class MeshCore : IProtocolCore<MeshInput, MeshEffect>
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);
    private const int RepeatParts = 10;

    private readonly MeshState _mesh;
    private readonly Roll _roll;
    private readonly Watch _watch;
    private readonly Detours _detours;
    private readonly Dialler _dialler;
    private readonly Neighbours _neighbours;
    private readonly NewsTree _news;
    private readonly Reconciler _reconciler;
    private readonly Rendezvous _rendezvous;
    private readonly LeaseTable _leases;
    private readonly Announcer _announcer;
    private readonly Contests _contests;
    private readonly Finder _finder;
    private readonly Router _router;
    private readonly Carrier _carrier;
    private readonly Moves _moves;
    private readonly RoomMesh _rooms;
    private readonly TopicStore _topics;
    private bool _started;
    private int _part;

    internal MeshCore(MeshOptions options, IMeshHost host, Dice dice)
    {
        _mesh = new(options, host, dice);
        SelfPeer = PeerId.OfKey(options.Self.Key.PublicKey);
        _roll = new(_mesh);
        _watch = new(_mesh, _roll);
        _detours = new(_mesh);
        _dialler = new(_mesh, _roll, _detours);
        _neighbours = new(_mesh, _roll);
        _news = new(_mesh, _roll);
        _reconciler = new(_mesh, _roll);
        _rendezvous = new(_mesh, _roll);
        _leases = new(_mesh, _roll);
        _announcer = new(_mesh, _roll, _rendezvous);
        _contests = new(_mesh, _roll, _announcer);
        _finder = new(_mesh, _roll, _rendezvous, _leases);
        _router = new(_mesh, _roll, _leases, _announcer, _finder);
        _carrier = new(_mesh, _roll);
        _moves = new(_mesh, SendWaiting);
        _rooms = new(_mesh, _roll, _rendezvous);
        _topics = new(_mesh, _rendezvous);
        _roll.Publish = _news.Publish;
        _roll.Died = Died;
        _roll.Changed = _ => OwnersMoved();
        _roll.Refuted = () =>
        {
            _announcer.RepeatAll();
            _mesh.Host.GuestsForgotten(null);
        };
        _dialler.GaveUp = GaveUp;
        _finder.Found = _router.Found;
    }

    /// <summary>What it counted.</summary>
    public MeshCounters Counters => _mesh.Counters;

    /// <inheritdoc/>
    public Wake? NextWake => _started ? _mesh.Timers.Next : null;

    /// <summary>Whether the hub listens and may dial.</summary>
    internal bool IsStarted => _started;

    /// <summary>Of the moment, for calls between an input and its end.</summary>
    internal Instant Now { set => _mesh.Now = value; }

    /// <inheritdoc/>
    public void Handle(MeshInput input, Instant now)
    {
        _mesh.Now = now;
        switch (input)
        {
            case MeshInput.Started when !_started:
                _started = true;
                _roll.Start();
                _rendezvous.Refresh();
                Sweep();
                RepeatLeases();
                Compare();
                break;
            case MeshInput.Received received:
                if (_mesh.Links.TryGetValue(received.Link, out var link))
                {
                    link.Heard(now);
                    foreach (var frame in received.Frames)
                    {
                        Hear(link, frame);
                    }
                }
                break;
            case MeshInput.LinkUp up:
                LinkUp(up);
                break;
            case MeshInput.LinkDown down:
                LinkDown(down);
                break;
            case MeshInput.DialFailed failed:
                _dialler.Failed(failed);
                break;
            case MeshInput.CarryFailed failed:
                _detours.Failed(failed.Wanted);
                break;
            case MeshInput.Carry carry:
                _carrier.Say(carry);
                break;
            case MeshInput.Undelivered undelivered:
                Undelivered(undelivered);
                break;
            case MeshInput.Drained drained:
                _roll.Drain(drained.Out);
                OwnersMoved();
                break;
            case MeshInput.Publish publish:
                _topics.Publish(publish);
                break;
            case MeshInput.Seek seek:
                _topics.Seek(seek);
                break;
            case MeshInput.PingAll:
                _watch.MeasureAll();
                break;
            case MeshInput.Stopped:
                _started = false;
                foreach (var open in _mesh.Links.Values.ToList())
                {
                    _mesh.Close(open, Links.LinkRefusal.Leaving);
                }
                break;
            case MeshInput.SeedFound found:
                _dialler.AddSeed(found.Url);
                break;
        }
    }

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        _mesh.Now = now;
        if (_started)
        {
            _mesh.Timers.Run(now);
        }
    }

    /// <inheritdoc/>
    public bool TryTake([MaybeNullWhen(false)] out MeshEffect effect) => _mesh.Effects.TryDequeue(out effect);

    internal void PeerEntered(PeerKey key, AuthProof? proof)
    {
        if (!_started)
        {
            return;
        }
        // An older guest elsewhere, as far as is known here, is asked at once; owners that know of one will say so.
        var other = _leases.GetOwned(key);
        _announcer.Entered(key, proof);
        if (other is not null)
        {
            _contests.StandsAgainst(other);
        }
        _router.Found(key);
    }

    internal void PeerLeft(PeerKey key)
    {
        if (_started)
        {
            _announcer.Left(key);
        }
    }

    internal bool TryRoute(MeshFrame.Signal signal) => _started && _router.TryRoute(signal);

    internal RoomMesh Rooms => _rooms;

    /// <summary>The hub that introduces a network's guests; null: this one.</summary>
    internal KnownHub? IntroducerOf(NetId network) => _started ? _rendezvous.IntroducerOf(network) : null;

    internal KnownHub? FindHub(HubId id) => _roll.Find(id);

    internal IEnumerable<KnownHub> LiveHubs => _roll.All.Where(hub => hub.IsUp);

    internal void Send(KnownHub to, MeshFrame frame) => _mesh.Send(to, frame);

    /// <summary>Whether nothing that is known speaks against a peer being at a hub.</summary>
    internal bool MaySpeakFor(HubId hub, PeerKey peer) => !_announcer.Has(peer) && _leases.Get(peer) is not { } lease || _leases.Get(peer)?.Home == hub.Short;

    private void Sweep()
    {
        _dialler.Sweep();
        _watch.Sweep();
        _neighbours.Sweep();
        FollowAlternatives();
        _mesh.Later(SweepEvery, "sweep links", Sweep);
    }

    private void RepeatLeases()
    {
        _leases.Sweep();
        _topics.Sweep();
        _rooms.Sweep();
        _announcer.Repeat(_part = (_part + 1) % RepeatParts, RepeatParts);
        if (_part % 2 == 0)
        {
            _rooms.Repeat();
        }
        _mesh.Later(_mesh.Options.LeaseEvery / RepeatParts, "repeat leases", RepeatLeases);
    }

    private void Compare()
    {
        var neighbours = _mesh.Neighbours.Where(hub => hub.Link is not null).ToList();
        if (neighbours.Count > 0)
        {
            _reconciler.Begin(neighbours[_mesh.Dice.Next(neighbours.Count)]);
        }
        _mesh.Later(_mesh.Dice.Jitter(_mesh.Options.CompareEvery, 0.2), "compare rolls", Compare);
    }

    private void OwnersMoved()
    {
        _announcer.AdjustSoon();
        _rooms.AdjustSoon();
        _topics.AdjustSoon();
        _mesh.Host.OwnersChanged();
    }

    private void Died(KnownHub hub)
    {
        _mesh.Notice(false, $"hub {hub.Id.ToShortString()} is gone");
        _leases.ForgetHome(hub.Id.Short);
        _dialler.Abandon(hub);
        _rooms.Died(hub);
        _topics.Forgotten(hub);
        _mesh.Host.HubDied(hub.Id);
        hub.IsOwner = false;
        _contests.Died(hub);
        OwnersMoved();
    }

    private void GaveUp(KnownHub hub, MeshFrame frame)
    {
        if (frame is MeshFrame.Carry carry)
        {
            _carrier.Lost(hub, carry, Links.LinkRefusal.NoRoad);
        }
        else
        {
            _router.GaveUp(frame);
        }
    }
}
