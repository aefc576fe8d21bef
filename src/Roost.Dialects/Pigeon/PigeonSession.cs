using System.Text;
using Roost.Core.Codec;
using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Doors;
using Roost.Mesh.Hubs;
using Roost.Mesh.Wire;

namespace Roost.Dialects.Pigeon;

/// <summary>One connection of an unmodified PeerPigeon client: a guest, whose id is its own word only (docs/protocol/pigeon.md).</summary>
public sealed class PigeonSession : IDoorSession
{
    /// <summary>The name of its networks' dialect.</summary>
    public const string Dialect = "pigeon";

    /// <summary>The network of clients that name none.</summary>
    public const string DefaultNetwork = "global";

    /// <summary>Where PigeonHub's own hubs meet as WebRTC peers. Nobody is found there: a hub of theirs that found peers would stop using its sockets, and lose what it routes.</summary>
    public const string HubNetwork = "pigeonhub-mesh";

    private readonly ConnectionId _id;
    private readonly PeerId? _peer;
    private RateBucket _frames;
    private RateBucket _bytes;
    private string _network = DefaultNetwork;
    private uint _ordinal;

    /// <summary>Begins a session.</summary>
    /// <param name="id">Which connection it is.</param>
    /// <param name="peerId">What the client put behind <c>?peerId=</c>.</param>
    /// <param name="limits">For its rate.</param>
    /// <param name="now">The time at the start.</param>
    public PigeonSession(ConnectionId id, string? peerId, HubLimits limits, Instant now)
    {
        _id = id;
        _peer = PeerId.TryParse(peerId, out var peer) ? peer : null;
        _frames = new(limits.Frames, now);
        _bytes = new(limits.Bytes, now);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Greeting => default;

    /// <inheritdoc/>
    public bool WritesText => true;

    /// <inheritdoc/>
    public bool SharesFrames => false;

    /// <inheritdoc/>
    public HubInput? FirstInput => _peer is { } peer
        ? new HubInput.Entered(_id, peer, Bound: false, new(Dialect, DefaultNetwork))
        : new HubInput.Misbehaved(_id, Refusal.BadPeerId, DoorTypes.NoFrame);

    /// <inheritdoc/>
    public DoorStep Read(ReadOnlyMemory<byte> message, Instant now)
    {
        uint re = _ordinal++;
        if (_peer is not { } peer)
        {
            return default;
        }
        if (!_frames.TryTake(1, now) || !_bytes.TryTake(message.Length, now))
        {
            return Error(Refusal.RateLimited, Refusal.RateLimited.Row().Text, null, now);
        }
        if (!PigeonCodec.TryRead(message, out var frame))
        {
            return Error(Refusal.BadFrame, "Invalid message format", null, now);
        }
        switch (frame.Type)
        {
            case PigeonType.Offer or PigeonType.Answer or PigeonType.IceCandidate:
                return frame.Target is { } target
                    ? Heard(new HubInput.Signal(_id, re, target, (byte)frame.Type, frame.Data, Settles: frame.Type == PigeonType.Answer))
                    : Error(Refusal.BadFrame, "targetPeerId is missing or not a peerId", NameOf(frame.Type), now);
            case PigeonType.Announce:
                return Announce(frame, re, now);
            case PigeonType.Goodbye:
                return Heard(new HubInput.Goodbye(_id, frame.Data));
            case PigeonType.Ping:
                var pong = new ByteWriter(256);
                PigeonCodec.WritePong(pong, peer, _network, now);
                return new(new HubInput.Heard(_id), pong.WrittenMemory, Refusal.None);
            case PigeonType.Cleanup:
                return Heard(new HubInput.Heard(_id));
            default:
                // connection-rejected above all: whoever hears it closes the very connection it has just answered.
                return Error(
                    Refusal.UnknownType,
                    $"Signaling server does not route '{frame.TypeText}' messages. Use WebRTC data channels for peer-to-peer communication.",
                    null,
                    now);
        }
    }

    /// <inheritdoc/>
    public bool TryWrite(HubEffect effect, Instant now, ByteWriter output)
    {
        var self = _peer ?? default;
        switch (effect)
        {
            case HubEffect.Signal e:
                PigeonCodec.WriteSignal(output, (PigeonType)e.Tag, e.Body.Span, e.From, e.ToPeer, e.Network, now);
                return true;
            case HubEffect.Introduce e:
                PigeonCodec.WriteDiscovered(output, e.Peer, e.Card.Span, e.ToPeer, e.Network, now);
                return true;
            case HubEffect.Departed e:
                PigeonCodec.WriteDisconnected(output, e.Peer, self, e.Network, now);
                return true;
            case HubEffect.Goodbye e:
                PigeonCodec.WriteGoodbye(output, e.Body.Span, e.From, e.Network, now);
                return true;
            case HubEffect.Admit e:
                PigeonCodec.WriteConnected(output, e.Peer, now);
                return true;
            case HubEffect.Refuse { About: HubInput.Signal signal } e:
                PigeonCodec.WriteError(output, $"Target peer {signal.To.ToString()[..8]}... not found on any node", NameOf((PigeonType)signal.Tag), _network, now);
                return true;
            case HubEffect.Refuse e when CloseFor(e.Why).Code == 0:
                PigeonCodec.WriteError(output, e.Detail ?? e.Why.Row().Text, null, _network, now);
                return true;
            default:
                return false; // What closes says so in its reason, as PeerPigeon's server does.
        }
    }

    /// <inheritdoc/>
    public (ushort Code, string Reason) CloseFor(Refusal why) => why switch
    {
        Refusal.HubFull => (1008, "Maximum connections reached"),
        Refusal.ShuttingDown => (1000, "Server shutting down"),
        Refusal.FrameTooLarge => (1009, ""),
        Refusal.BadFrame => (1002, ""), // Only broken WebSocket framing gets here; bad JSON is answered.
        _ => (why.Row().CloseCode, why.Row().Text),
    };

    private DoorStep Announce(PigeonFrame frame, uint re, Instant now)
    {
        string network = frame.Network is { Length: > 0 } named ? named : DefaultNetwork;
        if (network == HubNetwork)
        {
            return Heard(new HubInput.Heard(_id));
        }
        if (Encoding.UTF8.GetByteCount(network) > PigeonLimits.MaxNetworkName)
        {
            return Error(Refusal.CardTooLarge, $"networkName has more than {PigeonLimits.MaxNetworkName} bytes", "announce", now);
        }
        _network = network;
        int links = Math.Clamp(frame.MaxPeers ?? PigeonLimits.DefaultLinks, 1, PigeonLimits.MaxLinks);
        return Heard(new HubInput.Announced(_id, re, new(Dialect, network), PigeonCodec.CardOf(frame.Data), links));
    }

    private DoorStep Error(Refusal why, string text, string? originalType, Instant now)
    {
        var output = new ByteWriter(256);
        PigeonCodec.WriteError(output, text, originalType, _network, now);
        return new(new HubInput.Heard(_id), output.WrittenMemory, why);
    }

    private static string NameOf(PigeonType type) => type switch
    {
        PigeonType.Offer => "offer",
        PigeonType.Answer => "answer",
        _ => "ice-candidate",
    };

    private static DoorStep Heard(HubInput input) => new(input, default, Refusal.None);
}
