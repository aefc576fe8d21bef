namespace Roost.Rtc.Simulation;

/// <summary>How much of the destination a NAT looks at (RFC 4787 §4.1, §5).</summary>
public enum NatBehaviour
{
    EndpointIndependent,
    AddressDependent,
    AddressAndPortDependent,
}

/// <summary>A NAT by RFC 4787's words: mapping, filtering, hairpinning.</summary>
public sealed class SimNat(UInt128 external, NatBehaviour mapping, NatBehaviour filtering, bool hairpin)
{
    private const int MaxMappings = 1000;
    private readonly Dictionary<(TransportAddress Inside, UInt128 To, int Port), ushort> _mappings = [];
    private readonly Dictionary<ushort, TransportAddress> _inside = [];
    private readonly HashSet<(ushort Mapped, UInt128 From, int Port)> _sentTo = [];
    private ushort _next = 40_000;

    public UInt128 External => external;
    public NatBehaviour Mapping => mapping;
    public NatBehaviour Filtering => filtering;
    public bool Hairpin => hairpin;

    /// <summary>The source address a packet gets on its way out.</summary>
    public TransportAddress Out(TransportAddress inside, TransportAddress to)
    {
        var key = mapping switch
        {
            NatBehaviour.EndpointIndependent => (inside, default(UInt128), 0),
            NatBehaviour.AddressDependent => (inside, to.Bits, 0),
            _ => (inside, to.Bits, to.Port),
        };
        if (!_mappings.TryGetValue(key, out var port))
        {
            if (_mappings.Count == MaxMappings)
            {
                throw new InvalidOperationException("Invariant: one agent needs ever more mappings.");
            }
            _mappings[key] = port = _next++;
            _inside[port] = inside;
        }
        _sentTo.Add(filtering switch
        {
            NatBehaviour.EndpointIndependent => (port, default, 0),
            NatBehaviour.AddressDependent => (port, to.Bits, 0),
            _ => (port, to.Bits, to.Port),
        });
        return new TransportAddress(external, true, port);
    }

    /// <summary>Where a packet from outside goes inside; null when it is filtered.</summary>
    public TransportAddress? In(ushort port, TransportAddress from)
    {
        var key = filtering switch
        {
            NatBehaviour.EndpointIndependent => (port, default(UInt128), 0),
            NatBehaviour.AddressDependent => (port, from.Bits, 0),
            _ => (port, from.Bits, from.Port),
        };
        return _inside.TryGetValue(port, out var inside) && _sentTo.Contains(key) ? inside : null;
    }

    /// <summary>Forgets every mapping, as a rebooted box does; the next ones get other ports.</summary>
    public void Forget()
    {
        _mappings.Clear();
        _inside.Clear();
        _sentTo.Clear();
    }

    public override string ToString() => $"{mapping} mapping, {filtering} filtering{(hairpin ? ", hairpin" : "")}";
}
