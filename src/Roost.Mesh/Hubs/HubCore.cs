using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Introductions;

namespace Roost.Mesh.Hubs;

/// <summary>
/// One hub's decisions: who is let in, who is where, what goes to whom. Knows no socket, no door's bytes and no clock.
/// </summary>
/// <remarks>Not thread-safe: one driver. Doors turn frames into <see cref="HubInput"/> and <see cref="HubEffect"/> into frames.</remarks>
/// <param name="limits">What a client may cost.</param>
/// <param name="dice">For whom a newcomer is introduced to; nothing secret depends on it.</param>
public sealed partial class HubCore(HubLimits limits, Dice dice) : IProtocolCore<HubInput, HubEffect>
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<ConnectionId, Connection> _connections = [];
    private readonly Dictionary<NetworkName, Network> _networks = [];
    private readonly Dictionary<NetId, Network> _byNet = [];
    private readonly Dictionary<NetId, Introducing> _introducing = [];
    private readonly Dictionary<ClientAddress, AddressUse> _addresses = [];
    private readonly Queue<HubEffect> _effects = [];
    private Instant _nextSweep = Instant.Never;
    private bool _shuttingDown;
    private Instant _now; // Of the input or tick at hand, for what happens deep inside one.

    /// <summary>Connections at present, let in or not.</summary>
    public int Connections => _connections.Count;

    /// <summary>Networks that have somebody in them.</summary>
    public int Networks => _networks.Count;

    /// <summary>Rooms of all networks.</summary>
    public int Rooms { get; private set; }

    /// <inheritdoc/>
    public Wake? NextWake
    {
        get
        {
            var wake = _nextSweep == Instant.Never ? (Wake?)null : new Wake(_nextSweep, "sweep connections");
            if (_nextIntroduction != Instant.Never)
            {
                wake = Wake.Earlier(wake, new Wake(_nextIntroduction, "introduce guests"));
            }
            wake = Wake.Earlier(wake, Mesh?.NextWake);
            return _contests.Count == 0 ? wake : Wake.Earlier(wake, NextContest);
        }
    }

    /// <inheritdoc/>
    public void Handle(HubInput input, Instant now)
    {
        BeginMesh(now);
        if (input.Connection != default)
        {
            HandleConnection(input, now);
        }
        else
        {
            HandleOther(input, now);
        }
        PumpMesh();
    }

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        BeginMesh(now);
        Mesh?.Tick(now);
        SettleContests(now);
        TickIntroductions(now);
        if (now >= _nextSweep)
        {
            Sweep(now);
            _nextSweep = _connections.Count == 0 ? Instant.Never : now + SweepEvery;
        }
        PumpMesh();
    }

    /// <inheritdoc/>
    public bool TryTake([MaybeNullWhen(false)] out HubEffect effect) => _effects.TryDequeue(out effect);

    private void HandleOther(HubInput input, Instant now)
    {
        switch (input)
        {
            case HubInput.RoomOpened opened:
                _openRooms.Add(opened.Room);
                break;
            case HubInput.RoomClosed closed:
                _openRooms.Remove(closed.Room);
                break;
            case HubInput.BoundRemembered bound:
                Remember(bound.Peer, bound.Until, tell: false);
                break;
            case HubInput.Kicked kicked:
                Kick(kicked.Peer);
                break;
            case HubInput.FromMesh mesh:
                Mesh?.Handle(mesh.Input, now);
                if (mesh.Input is Federation.MeshInput.Drained { Out: false })
                {
                    StayHere();
                }
                break;
            case HubInput.ShuttingDown:
                ShutDown();
                break;
            default:
                throw new UnreachableException($"{input} concerns a connection");
        }
    }

    private void HandleConnection(HubInput input, Instant now)
    {
        if (input is HubInput.Opened opened)
        {
            Open(opened, now);
            return;
        }
        if (!_connections.TryGetValue(input.Connection, out var connection))
        {
            return; // Closed by a decision that crossed this input on its way.
        }
        if (input.IsSignOfLife)
        {
            connection.LastHeard = now;
            connection.ProbedAt = null;
            ShowedLife(connection);
        }
        switch (input)
        {
            case HubInput.Signal signal when connection.Network is not null:
                Route(connection, connection.Network, signal, now);
                break;
            case HubInput.Cast cast when connection.Network is not null:
                Cast(connection, connection.Network, cast);
                break;
            case HubInput.Send send when connection.Network is not null:
                Send(connection, connection.Network, send);
                break;
            case HubInput.Joined joined when connection.Network is not null:
                Join(connection, connection.Network, joined);
                break;
            case HubInput.Left left when connection.Network is not null:
                Leave(connection, connection.Network, left.Room, Wire.LeftReason.Left);
                break;
            case HubInput.Announced announced when connection.Network is not null:
                Announce(connection, announced, now);
                break;
            case HubInput.Goodbye goodbye when connection.Network is not null:
                SayGoodbye(connection, goodbye, now);
                break;
            case HubInput.Entered entered when connection.Network is null:
                Enter(connection, entered, now);
                break;
            case HubInput.Dropped dropped:
                CountGap(connection, dropped);
                break;
            case HubInput.Writable:
                TellGaps(connection);
                break;
            case HubInput.Overflowed:
                Expel(connection, Refusal.SlowReader, Wire.LeftReason.ConnectionLost);
                break;
            case HubInput.Misbehaved misbehaved:
                Expel(connection, misbehaved.Why, Wire.LeftReason.ConnectionLost, misbehaved.Re, misbehaved.Detail);
                break;
            case HubInput.Closed:
                Forget(connection, Wire.LeftReason.ConnectionLost);
                break;
            default:
                break; // Heard needs no more than the above; the rest was said too early, which a door does not let through.
        }
    }

    private void Emit(HubEffect effect) => _effects.Enqueue(effect);

    private void Refuse(Connection connection, Refusal why, uint re, string? detail = null) =>
        Emit(new HubEffect.Refuse(connection.Id, why, re, detail));
}
