using Roost.Core.Cores;
using Roost.Rtc.Ice;
using Roost.Rtc.Peer;
using Roost.Rtc.Stun;

namespace Roost.Rtc.Simulation;

/// <summary>Peers, lines and NATs in virtual time. The same seed gives the same run, packet by packet.</summary>
public sealed class SimWorld
{
    public static readonly TransportAddress StunServer = new(0x08080808, true, 3478);

    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private readonly Dictionary<UInt128, SimHost> _hosts = [];
    private readonly Dictionary<UInt128, SimNat> _nats = [];
    private readonly List<Instant> _arrivals = [];
    private long _order;

    public SimWorld(Dice dice) => Dice = dice;

    public Dice Dice { get; }
    public Instant Now { get; private set; } = Instant.FromUnixMilliseconds(1_000_000);
    public PeerBuffers Buffers { get; } = new();
    public IEnumerable<SimHost> Hosts => _hosts.Values;

    /// <summary>Sees every datagram that a host sends.</summary>
    public Action<SimHost, TransportAddress, byte[]>? Sent { get; set; }
    public long Steps { get; private set; }

    public void Add(SimHost host)
    {
        _hosts.Add(host.Address.Bits, host);
        if (host.Nat is not null)
        {
            _nats[host.Nat.External] = host.Nat;
        }
    }

    /// <summary>A host has another address from here on, as a laptop in another network.</summary>
    public void Move(SimHost host, Action move)
    {
        _hosts.Remove(host.Address.Bits);
        move();
        _hosts.Add(host.Address.Bits, host);
    }

    public void After(TimeSpan delay, Action happen) => _events.Enqueue(happen, ((Now + delay).Ticks, _order++));

    /// <summary>Runs until a condition holds, or for so long.</summary>
    /// <returns>Whether the condition came to hold.</returns>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        var end = Now + limit;
        while (!condition())
        {
            var wake = Instant.Never;
            SimHost? due = null;
            foreach (var host in _hosts.Values)
            {
                if (host.WakeAt < wake)
                {
                    (wake, due) = (host.WakeAt, host);
                }
            }
            var next = _events.TryPeek(out _, out var key) ? new Instant(key.At) : Instant.Never;
            var at = Instant.Min(next, wake);
            if (at > end || at == Instant.Never)
            {
                Now = at == Instant.Never ? end : Instant.Min(at, end);
                return condition();
            }
            Now = at < Now ? Now : at;
            if (++Steps > MaxSteps)
            {
                throw new InvalidOperationException($"Invariant: no end after {MaxSteps} steps; {string.Join("; ", _hosts.Values.Select(h => $"{h.Name}: {h.Core.NextWake}"))}");
            }
            if (next <= wake)
            {
                _events.Dequeue()();
            }
            else
            {
                due!.Tick();
            }
        }
        return true;
    }

    private const long MaxSteps = 20_000_000;

    /// <summary>Carries one datagram from a host into the world.</summary>
    public void Send(SimHost from, TransportAddress to, byte[] bytes)
    {
        Sent?.Invoke(from, to, bytes);
        if (bytes.Length > from.PathMtu || from.IsDown)
        {
            return;
        }
        from.Up.Arrivals(bytes.Length, Now, _arrivals);
        foreach (var at in _arrivals)
        {
            After(at - Now, () => Route(from, to, bytes));
        }
    }

    private void Route(SimHost from, TransportAddress to, byte[] bytes)
    {
        var source = from.Address;
        if (from.Nat is { } nat)
        {
            if (_hosts.TryGetValue(to.Bits, out var neighbour) && neighbour.Nat == nat)
            {
                Arrive(neighbour, to, source, bytes); // same network: straight across
                return;
            }
            if (to.Bits == nat.External && !nat.Hairpin)
            {
                return;
            }
            source = nat.Out(source, to);
        }
        if (to == StunServer)
        {
            AnswerBinding(from, source, bytes);
        }
        else if (_nats.TryGetValue(to.Bits, out var theirs))
        {
            if (theirs.In(to.Port, source) is { } inside && _hosts.TryGetValue(inside.Bits, out var host))
            {
                Arrive(host, inside, source, bytes);
            }
        }
        else if (_hosts.TryGetValue(to.Bits, out var direct) && direct.Nat is null)
        {
            Arrive(direct, to, source, bytes);
        }
    }

    private void Arrive(SimHost host, TransportAddress to, TransportAddress from, byte[] bytes)
    {
        if (to != host.Address || host.IsDown)
        {
            return;
        }
        var arrivals = new List<Instant>();
        host.Down.Arrivals(bytes.Length, Now, arrivals);
        foreach (var at in arrivals)
        {
            After(at - Now, () => host.Receive(from, bytes));
        }
    }

    private void AnswerBinding(SimHost host, TransportAddress source, byte[] bytes)
    {
        if (!StunMessage.TryRead(bytes, out var request) || request.Type != StunType.BindingRequest)
        {
            return;
        }
        var buffer = new byte[128];
        var writer = new StunWriter(buffer, StunType.BindingSuccess, request.TransactionId);
        writer.AddXorAddress(StunAttribute.XorMappedAddress, source);
        var answer = buffer[..writer.Finish(default)];
        if (host.Nat is not { } nat)
        {
            Arrive(host, source, StunServer, answer);
        }
        else if (nat.In(source.Port, StunServer) is { } inside)
        {
            Arrive(host, inside, StunServer, answer);
        }
    }
}
