using System.Text;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Peers;
using Roost.Mesh.Sessions;
using Roost.Testing;

namespace Roost.Tests.Mesh.Sessions;

/// <summary>A peer's link in virtual time: the shipped core over <see cref="SimSocket"/>s.</summary>
internal sealed class SimLink
{
    private readonly SimWorld _world;
    private readonly SimHub _hub;
    private readonly TimeSpan _latency;
    private readonly TimeSpan _perFrame;
    private readonly SimWorld.Simulated<HubLinkInput, HubLinkEffect> _core;
    private readonly Action<HubLinkEffect> _observe;

    public SimLink(SimWorld world, SimHub hub, SigningKey key, TimeSpan latency, TimeSpan perFrame, Action<HubLinkEffect> observe)
    {
        (_world, _hub, _latency, _perFrame, _observe) = (world, hub, latency, perFrame, observe);
        _core = world.Add(new HubLinkCore(new HubLinkOptions { Hubs = [SimHub.Origin], Identity = key }, world.Dice), Perform);
    }

    public SimSocket? Socket { get; private set; }

    public void Post(HubLinkInput input) => _core.Handle(input);

    public void Kill()
    {
        _core.Remove();
        Socket?.Cut("the process was killed");
    }

    private void Perform(HubLinkEffect effect)
    {
        switch (effect)
        {
            case HubLinkEffect.Dial:
                Dial();
                break;
            case HubLinkEffect.Transmit transmit:
                Socket?.ToHub(transmit.Message);
                break;
            case HubLinkEffect.Hangup:
                Socket?.Cut("hung up");
                Socket = null;
                break;
            default:
                _observe(effect);
                break;
        }
    }

    private void Dial() => _world.After(_latency, () =>
    {
        if (!_hub.IsUp)
        {
            Post(new HubLinkInput.Closed("connection refused"));
            return;
        }
        SimSocket socket = null!;
        socket = new SimSocket(_world, _latency, _perFrame, bytes => IfCurrent(socket, new HubLinkInput.Message(bytes)), why => IfCurrent(socket, new HubLinkInput.Closed(why)));
        Socket = socket;
        Post(new HubLinkInput.Opened());
        _hub.Accept(socket);
    });

    private void IfCurrent(SimSocket socket, HubLinkInput input)
    {
        if (socket == Socket)
        {
            Post(input);
        }
    }
}

/// <summary>A host in virtual time; its log outlives it, like one on disk.</summary>
internal sealed class SimHost : ISimEnd
{
    private readonly SimWorld.Simulated<StreamHostInput, StreamHostEffect> _core;
    private readonly SimLink _link;

    public SimHost(SimWorld world, SimHub hub, SigningKey key, RoomKeys room, Id16 epoch, IFeedLog log)
    {
        var writer = new FeedWriter(room, key, epoch, log);
        Id = PeerId.OfKey(key.PublicKey);
        _core = world.Add(new StreamHostCore(writer, new StreamMeta()), effect =>
        {
            if (effect is StreamHostEffect.Say say)
            {
                _link!.Post(new HubLinkInput.Say(say.Frame));
                world.After(TimeSpan.FromMilliseconds(1), () => _core!.Handle(new StreamHostInput.Drained()));
            }
            else if (effect is StreamHostEffect.SayDirect direct)
            {
                Links.GetValueOrDefault(direct.Viewer)?.Send(this, direct.Payload);
            }
            else if (effect is StreamHostEffect.EndAcknowledged)
            {
                EndAcknowledged = true;
            }
        });
        _link = new SimLink(world, hub, key, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(0.1), effect =>
        {
            if (effect is HubLinkEffect.Heard heard)
            {
                _core.Handle(new StreamHostInput.Heard(heard.Frame));
            }
            else if (effect is HubLinkEffect.Offline)
            {
                _core.Handle(new StreamHostInput.Offline());
            }
        });
        _link.Post(new HubLinkInput.Join(room.Join, new SessionId(new Id16(1, (ulong)world.Steps)), HostsOnly: false));
        _link.Post(new HubLinkInput.Start());
    }

    public PeerId Id { get; }

    public Dictionary<PeerId, SimDirectLink> Links { get; } = [];

    public bool EndAcknowledged { get; private set; }

    public void LinkSaid(PeerId peer, SimLinkNews news) => _core.Handle(news switch
    {
        SimLinkNews.Up => new StreamHostInput.LinkUp(peer),
        SimLinkNews.Down => new StreamHostInput.LinkDown(peer),
        SimLinkNews.Full => new StreamHostInput.LinkFull(peer),
        _ => new StreamHostInput.LinkDrained(peer),
    });

    public void LinkBrought(PeerId peer, byte[] payload) => _core.Handle(new StreamHostInput.HeardDirect(peer, payload));

    public void Write(string text) => _core.Handle(new StreamHostInput.Text(Encoding.UTF8.GetBytes(text)));

    public void End() => _core.Handle(new StreamHostInput.End(0, "eof"));

    public void CutLink() => _link.Socket?.Cut("the network went away");

    public void Kill()
    {
        _core.Remove();
        _link.Kill();
        foreach (var link in Links.Values)
        {
            link.Kill();
        }
    }
}

/// <summary>A viewer in virtual time.</summary>
internal sealed class SimViewer : ISimEnd
{
    private readonly StringBuilder _text = new();
    private readonly SimWorld.Simulated<StreamViewerInput, StreamViewerEffect> _core;
    private readonly SimLink _link;

    public SimViewer(SimWorld world, SimHub hub, RoomKeys room, TimeSpan latency, TimeSpan perFrame)
    {
        _core = world.Add(new StreamViewerCore(room), effect =>
        {
            switch (effect)
            {
                case StreamViewerEffect.Say say:
                    _link!.Post(new HubLinkInput.Say(say.Frame));
                    break;
                case StreamViewerEffect.SayDirect direct:
                    Links.GetValueOrDefault(direct.Host)?.Send(this, direct.Payload);
                    break;
                case StreamViewerEffect.Read { Effect: FeedReaderEffect.Entry { Kind: EntryKind.Text } entry }:
                    _text.Append(Encoding.UTF8.GetString(entry.Body));
                    break;
                case StreamViewerEffect.Read { Effect: FeedReaderEffect.Entry { Kind: EntryKind.End } }:
                    Ended = true;
                    break;
                case StreamViewerEffect.Read { Effect: FeedReaderEffect.Broken broken }:
                    throw new InvalidOperationException($"an honest host looked broken: {broken}");
            }
        });
        var key = SigningKey.Generate(world.Dice);
        Id = PeerId.OfKey(key.PublicKey);
        _link = new SimLink(world, hub, key, latency, perFrame, effect =>
        {
            switch (effect)
            {
                case HubLinkEffect.Online online:
                    _core.Handle(new StreamViewerInput.Online(PeerId.OfKey(online.Hub)));
                    break;
                case HubLinkEffect.Offline:
                    _core.Handle(new StreamViewerInput.Offline());
                    break;
                case HubLinkEffect.Heard heard:
                    _core.Handle(new StreamViewerInput.Heard(heard.Frame));
                    break;
            }
        });
        _link.Post(new HubLinkInput.Join(room.Join, new SessionId(new Id16(2, world.Dice.NextUInt64())), HostsOnly: true));
        _link.Post(new HubLinkInput.Start());
    }

    public PeerId Id { get; }

    public Dictionary<PeerId, SimDirectLink> Links { get; } = [];

    public SimDirectLink? Link => Links.Values.SingleOrDefault();

    public void LinkSaid(PeerId peer, SimLinkNews news)
    {
        if (news is SimLinkNews.Up or SimLinkNews.Down)
        {
            _core.Handle(news == SimLinkNews.Up ? new StreamViewerInput.LinkUp(peer) : new StreamViewerInput.LinkDown(peer));
        }
    }

    public void LinkBrought(PeerId peer, byte[] payload) => _core.Handle(new StreamViewerInput.HeardDirect(peer, payload));

    public string Text => _text.ToString();

    public bool Ended { get; private set; }

    public int Queued => _link.Socket?.Queued ?? 0;

    public void CutLink() => _link.Socket?.Cut("the network went away");
}
