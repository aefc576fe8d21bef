using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Mesh.Doors;
using Roost.Mesh.Hubs;
using Roost.Mesh.Peers;
using Roost.Testing;

namespace Roost.Tests.Mesh.Sessions;

/// <summary>One hub in virtual time, with the shipped core, door and serializers; sockets are queues with latency, pace and an end.</summary>
internal sealed class SimHub
{
    public const string Origin = "http://hub.test:3000";

    private readonly SimWorld _world;
    private readonly SigningKey _key;
    private readonly HubLimits _limits;
    private readonly Dictionary<ConnectionId, SimSocket> _sockets = [];
    private readonly RoostDoor _door;
    private SimWorld.Simulated<HubInput, HubEffect> _core;
    private long _lastId;

    public SimHub(SimWorld world, HubLimits limits)
    {
        _world = world;
        _limits = limits;
        _key = SigningKey.Generate(world.Dice);
        _door = new RoostDoor(_key, limits, authority => authority == "hub.test:3000", () => "hub.test:3000", _ => "{\"v\":1}"u8.ToArray());
        _core = Begin();
    }

    public bool IsUp { get; private set; } = true;

    /// <summary>What a process killed with SIGKILL leaves: every socket dies, nothing is said.</summary>
    public void Kill()
    {
        IsUp = false;
        _core.Remove();
        foreach (var socket in _sockets.Values.ToList())
        {
            socket.Cut("the hub was killed");
        }
        _sockets.Clear();
    }

    public void Restart()
    {
        _core = Begin();
        IsUp = true;
    }

    public void Accept(SimSocket socket)
    {
        var id = new ConnectionId(++_lastId);
        var nonce = new byte[32];
        _world.Dice.Fill(nonce);
        var session = new RoostSession(_door, id, nonce, _world.Now);
        _sockets[id] = socket;
        socket.Attach(session, id, _limits.MaxQueuedFrames, message => Read(id, session, message), () => Handle(new HubInput.Closed(id)), () => Handle(new HubInput.Writable(id)));
        Handle(new HubInput.Opened(id, RoostDoor.Dialect, default));
        socket.ToPeer(session.Greeting.ToArray());
    }

    private SimWorld.Simulated<HubInput, HubEffect> Begin() => _world.Add(new HubCore(_limits, _world.Dice), Perform);

    private void Handle(HubInput input)
    {
        if (IsUp)
        {
            _core.Handle(input);
        }
    }

    private void Read(ConnectionId id, RoostSession session, byte[] message)
    {
        var step = session.Read(message, _world.Now);
        if (!step.Reply.IsEmpty && _sockets.TryGetValue(id, out var socket))
        {
            socket.ToPeer(step.Reply.ToArray());
        }
        if (step.Input is { } input)
        {
            Handle(input);
        }
    }

    private void Perform(HubEffect effect)
    {
        switch (effect)
        {
            case HubEffect.Cast e:
                Many(e.To, e, id => new HubInput.Dropped(id, e.Room, e.From));
                break;
            case HubEffect.MemberJoined e:
                Many(e.To, e, id => new HubInput.Overflowed(id));
                break;
            case HubEffect.MemberLeft e:
                Many(e.To, e, id => new HubInput.Overflowed(id));
                break;
            case HubEffect.Send e:
                One(e.To, e, id => new HubInput.Dropped(id, e.Room, e.From));
                break;
            case HubEffect.Signal e:
                One(e.To, e, id => new HubInput.Overflowed(id));
                break;
            case HubEffect.Members e:
                One(e.To, e, id => new HubInput.Overflowed(id));
                break;
            case HubEffect.Gap e:
                One(e.To, e, id => new HubInput.Overflowed(id));
                break;
            case HubEffect.Admit e:
                One(e.To, e, id => new HubInput.Overflowed(id));
                break;
            case HubEffect.Refuse e:
                One(e.To, e, null);
                if (_sockets.TryGetValue(e.To, out var refused) && refused.CloseCodeFor(e.Why) != 0)
                {
                    refused.Cut($"closed by the hub: {e.Why}");
                }
                break;
            case HubEffect.Abort e when _sockets.Remove(e.To, out var dead):
                dead.Cut("aborted");
                break;
        }
    }

    private void Many(Recipients to, HubEffect effect, Func<ConnectionId, HubInput> whenFull)
    {
        foreach (var id in to.All)
        {
            if (id != to.Except)
            {
                One(id, effect, whenFull);
            }
        }
    }

    private void One(ConnectionId to, HubEffect effect, Func<ConnectionId, HubInput>? whenFull)
    {
        var output = new ByteWriter();
        if (_sockets.TryGetValue(to, out var socket) && socket.TryWrite(effect, _world.Now, output) && !socket.ToPeer(output.ToArray()) && whenFull is not null)
        {
            _core.Handle(whenFull(to));
        }
    }
}
