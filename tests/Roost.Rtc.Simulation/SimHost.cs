using Roost.Core.Cores;
using Roost.Rtc.Dtls;
using Roost.Rtc.Ice;
using Roost.Rtc.Peer;

namespace Roost.Rtc.Simulation;

/// <summary>A host with one peer core: the driver of the real shell, reduced to its laws.</summary>
public sealed class SimHost : IDtlsFactory
{
    private readonly SimWorld _world;
    private readonly byte[] _certificate;
    private readonly Queue<(TransportAddress From, byte[] Bytes)> _inbox = new();
    private bool _turnComes;
    private int _port = 1;

    public SimHost(SimWorld world, string name, TransportAddress address, SimNat? nat, SimLink up, SimLink down, PeerOptions options, IDtlsFactory? dtls = null)
    {
        _world = world;
        Name = name;
        Address = address;
        Nat = nat;
        Up = up;
        Down = down;
        _certificate = new byte[300];
        world.Dice.Fill(_certificate);
        Fingerprint = DtlsFingerprint.OfCertificate(_certificate);
        Core = new PeerCore(options, world.Buffers, dtls ?? this, world.Dice, (uint)world.Dice.NextUInt64());
        world.Add(this);
    }

    public string Name { get; }
    public TransportAddress Address { get; private set; }
    public SimNat? Nat { get; }
    public SimLink Up { get; }
    public SimLink Down { get; }
    public PeerCore Core { get; }
    public DtlsFingerprint Fingerprint { get; }
    public int PathMtu { get; set; } = 1472;

    /// <summary>Nothing leaves it and nothing reaches it.</summary>
    public bool IsDown { get; set; }
    public Instant WakeAt { get; private set; } = Instant.Never;

    /// <summary>How long its loop waits for a processor once there is something to do; null: no time at all. What comes meanwhile is done in the same turn.</summary>
    public Func<TimeSpan>? WaitForProcessor { get; set; }
    public List<PeerNotice> Notices { get; } = [];
    public Action<PeerNotice>? Noticed { get; set; }
    public Action<PeerChannel, byte[], int, bool>? Message { get; set; }

    public IDtlsTransport Create() => new SimulatedDtls(_certificate);

    /// <summary>Calls a verb of the core and carries out what it asks for.</summary>
    public T Do<T>(Func<PeerCore, Instant, T> verb)
    {
        var result = verb(Core, _world.Now);
        if (!TakeTurnLater())
        {
            Drain();
        }
        return result;
    }

    public void Gather(bool stun)
    {
        Do((core, now) => { core.Gather(new IceInput.HostAddress(_port, Address, 65535), now); return true; });
        if (stun)
        {
            Do((core, now) => { core.Gather(new IceInput.StunServer(SimWorld.StunServer), now); return true; });
        }
        Do((core, now) => { core.Gather(new IceInput.NoMoreServers(), now); return true; });
    }

    /// <summary>Loses its address and socket and gets others, which it gathers.</summary>
    public void Move(TransportAddress address)
    {
        Do((core, now) => { core.Gather(new IceInput.PortLost(_port), now); return true; });
        _world.Move(this, () => Address = address);
        _port++;
        Gather(stun: false);
    }

    public void Receive(TransportAddress from, byte[] bytes)
    {
        if (WaitForProcessor is not null)
        {
            _inbox.Enqueue((from, bytes));
        }
        if (!TakeTurnLater())
        {
            Do((core, now) => { core.Handle(new PeerInput(_port, from, bytes, bytes.Length), now); return true; });
        }
    }

    public void Tick()
    {
        if (TakeTurnLater())
        {
            WakeAt = Instant.Never;
            return;
        }
        Core.Tick(_world.Now);
        Drain();
    }

    private bool TakeTurnLater()
    {
        if (WaitForProcessor is not null && !_turnComes)
        {
            _turnComes = true;
            _world.After(WaitForProcessor(), TakeTurn);
        }
        return WaitForProcessor is not null;
    }

    /// <summary>One turn of the shell's loop: timers, then all datagrams as one burst.</summary>
    private void TakeTurn()
    {
        _turnComes = false;
        if (Core.NextWake is { } wake && wake.At <= _world.Now)
        {
            Core.Tick(_world.Now);
            Drain();
        }
        while (_inbox.TryDequeue(out var datagram))
        {
            Core.Handle(new PeerInput(_port, datagram.From, datagram.Bytes, datagram.Bytes.Length, MoreFollows: true), _world.Now);
            Drain();
        }
        Core.Handle(default, _world.Now);
        Drain();
    }

    private void Drain()
    {
        while (Core.TryTake(out var effect))
        {
            switch (effect.Kind)
            {
                case PeerEffectKind.Transmit:
                    Invariant(effect.Bytes.Length is > 0 and <= 65_507 && effect.SegmentBytes > 0, "a batch fits one system call");
                    for (var at = 0; at < effect.Bytes.Length; at += effect.SegmentBytes)
                    {
                        _world.Send(this, effect.Address, effect.Bytes.Slice(at, Math.Min(effect.SegmentBytes, effect.Bytes.Length - at)).ToArray());
                    }
                    break;
                case PeerEffectKind.Message:
                    Message?.Invoke(effect.Channel!, effect.Buffer!, effect.Length, effect.IsText);
                    MessagePool.Return(effect.Buffer!);
                    Core.Consumed(effect.Length, 1, _world.Now);
                    break;
                case PeerEffectKind.Notice:
                    Notices.Add(effect.Notice!);
                    Noticed?.Invoke(effect.Notice!);
                    break;
            }
        }
        WakeAt = Core.NextWake?.At ?? Instant.Never;
        CheckInvariants();
    }

    private void CheckInvariants()
    {
        if (Core.SctpStatistics is { } sctp)
        {
            Invariant(sctp.BytesInFlight >= 0, "bytes in flight never fall below zero");
            Invariant(sctp.CongestionWindow > 0, "there is always a window");
            Invariant(sctp.BadPackets == 0, "we never send ourselves a packet that does not parse");
        }
        Invariant(_world.Now.Ticks - WakeAt.Ticks < TimeSpan.TicksPerSecond, $"a wake is never long overdue ({Core.NextWake} at {_world.Now})");
    }

    private void Invariant(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Invariant broken at {Name}: {what}. {Core.SctpStatistics}");
        }
    }
}
