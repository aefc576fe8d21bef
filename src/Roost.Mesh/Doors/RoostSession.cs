using Roost.Core.Codec;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Mesh.Hubs;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Doors;

/// <summary>One connection of an own peer: proof first, then frames (docs/protocol/door.md). Proofs are checked here, before the hub hears of them.</summary>
public sealed class RoostSession : IDoorSession
{
    private readonly RoostDoor _door;
    private readonly ConnectionId _id;
    private readonly byte[] _hubNonce;
    private RateBucket _frames;
    private RateBucket _bytes;
    private RateBucket _proofs;
    private byte[]? _welcome;
    private PublicKey _peerKey;
    private PeerId _peer;
    private uint _ordinal;
    private bool _misbehaved;

    /// <summary>Begins a session.</summary>
    /// <param name="door">What all share.</param>
    /// <param name="id">Which connection it is.</param>
    /// <param name="hubNonce">32 random bytes used for nothing else.</param>
    /// <param name="now">The time at the start.</param>
    public RoostSession(RoostDoor door, ConnectionId id, byte[] hubNonce, Instant now)
    {
        _door = door;
        _id = id;
        _hubNonce = hubNonce;
        _frames = new(door.Limits.Frames, now);
        _bytes = new(door.Limits.Bytes, now);
        _proofs = new(door.Limits.Proofs, now);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Greeting => DoorCodec.ToArray(new DoorFrame.Hello(1, _door.Key.PublicKey, _hubNonce), DoorSide.Hub);

    /// <inheritdoc/>
    public bool WritesText => false;

    /// <inheritdoc/>
    public bool SharesFrames => true;

    /// <inheritdoc/>
    public HubInput? FirstInput => null;

    /// <inheritdoc/>
    public DoorStep Read(ReadOnlyMemory<byte> message, Instant now)
    {
        uint re = _ordinal++;
        if (_misbehaved)
        {
            return default; // Its close is on the way; what it had already sent is not heard.
        }
        if (message.Length > DoorTypes.MaxFromPeer)
        {
            return Misbehaved(Refusal.FrameTooLarge, re);
        }
        if (!DoorCodec.TryRead(message, DoorSide.Peer, out var frame))
        {
            return Misbehaved(Refusal.BadFrame, re);
        }
        if (_welcome is null)
        {
            return frame is DoorFrame.Auth auth ? Authenticate(auth, re) : Misbehaved(Refusal.BadProof, re);
        }
        if (frame is DoorFrame.Goodbye)
        {
            return Misbehaved(Refusal.ShuttingDown, DoorTypes.NoFrame); // Forgotten at once, closed when it has been sent what waits for it.
        }
        if (!_frames.TryTake(1, now) || !_bytes.TryTake(message.Length, now))
        {
            return Refused(Refusal.RateLimited, re);
        }
        return frame switch
        {
            DoorFrame.Signal f => Heard(new HubInput.Signal(_id, re, f.To, 0, f.Payload)),
            DoorFrame.Cast f => Heard(new HubInput.Cast(_id, re, f.Room, f.Payload)),
            DoorFrame.Send f => Heard(new HubInput.Send(_id, re, f.Room, f.To, f.Payload)),
            DoorFrame.Join f => Join(f, re, now),
            DoorFrame.Leave f => Heard(new HubInput.Left(_id, f.Room)),
            DoorFrame.Ping f => new(new HubInput.Heard(_id), DoorCodec.ToArray(new DoorFrame.Pong(f.Echo), DoorSide.Hub), Refusal.None),
            DoorFrame.Pong => Heard(new HubInput.Heard(_id)),
            DoorFrame.Unknown => Refused(Refusal.UnknownType, re),
            _ => Misbehaved(Refusal.BadFrame, re), // A second AUTH.
        };
    }

    /// <inheritdoc/>
    public bool TryWrite(HubEffect effect, Instant now, ByteWriter output)
    {
        DoorFrame? frame = effect switch
        {
            HubEffect.Cast e => new DoorFrame.Cast(e.From, e.Room, e.Body),
            HubEffect.Send e => new DoorFrame.Send(e.From, e.Room, e.ToPeer, e.Body),
            HubEffect.Signal e => new DoorFrame.Signal(e.From, e.ToPeer, e.Body),
            HubEffect.Members e => new DoorFrame.Members(e.Room, e.More, e.List),
            HubEffect.MemberJoined e => new DoorFrame.Joined(e.Room, e.Member),
            HubEffect.MemberLeft e => new DoorFrame.Left(e.Room, e.Peer, e.Reason),
            HubEffect.Gap e => new DoorFrame.Gap(e.Room, e.From, e.Dropped),
            HubEffect.Refuse e => new DoorFrame.Error((ushort)e.Why, e.Re, e.Detail ?? e.Why.Row().Text),
            _ => null,
        };
        if (frame is not null)
        {
            DoorCodec.Write(frame, DoorSide.Hub, output);
        }
        else if (effect is HubEffect.Admit && _welcome is not null)
        {
            output.Bytes(_welcome);
            _welcome = []; // Sent once; only "not null" matters from here on.
        }
        else
        {
            return false;
        }
        return true;
    }

    /// <inheritdoc/>
    public (ushort Code, string Reason) CloseFor(Refusal why) => why.Row() is var row ? (row.CloseCode, row.Tag) : default;

    private DoorStep Authenticate(DoorFrame.Auth auth, uint re)
    {
        string authority = auth.Authority;
        if (!_door.AnswersTo(authority))
        {
            return Misbehaved(Refusal.ForeignAuthority, re, $"This hub answers to {_door.Authorities()}; you dialled {authority}.");
        }
        var hub = _door.Key.PublicKey;
        var proof = DoorProof.AuthMessage(hub, _hubNonce, auth.PeerKey, auth.PeerNonce.Span, auth.Network, authority);
        if (!Ed25519.Verify(auth.PeerKey, proof, auth.Signature.Span))
        {
            return Misbehaved(Refusal.BadProof, re);
        }
        var json = _door.WelcomeJson(authority);
        var signature = _door.Key.Sign(DoorProof.WelcomeMessage(hub, _hubNonce, auth.PeerKey, auth.PeerNonce.Span, auth.Network, authority, json.Span));
        _peerKey = auth.PeerKey;
        _peer = PeerId.OfKey(auth.PeerKey);
        _welcome = DoorCodec.ToArray(new DoorFrame.Welcome(signature, json), DoorSide.Hub);
        return Heard(new HubInput.Entered(_id, _peer, Bound: true, new(RoostDoor.Dialect, auth.Network),
            new Leases.AuthProof(_hubNonce, auth.PeerKey, auth.PeerNonce.ToArray(), auth.Network, authority, auth.Signature.ToArray())));
    }

    private DoorStep Join(DoorFrame.Join join, uint re, Instant now)
    {
        if (!_proofs.TryTake(1, now))
        {
            return Refused(Refusal.RateLimited, re);
        }
        if ((join.Flags & ~DoorTypes.HostsOnly) != 0 || !DoorProof.IsValid(join, _hubNonce, _peer))
        {
            return Refused(Refusal.JoinRefused, re);
        }
        bool isHost = join.Owner != OwnerId.None && _peerKey.ToOwnerId() == join.Owner;
        return Heard(new HubInput.Joined(_id, re, join.Room, join.Session, isHost, (join.Flags & DoorTypes.HostsOnly) != 0));
    }

    private static DoorStep Heard(HubInput input) => new(input, default, Refusal.None);

    private DoorStep Refused(Refusal why, uint re) =>
        new(new HubInput.Heard(_id), DoorCodec.ToArray(new DoorFrame.Error((ushort)why, re, why.Row().Text), DoorSide.Hub), why);

    private DoorStep Misbehaved(Refusal why, uint re, string? detail = null)
    {
        _misbehaved = true;
        return new(new HubInput.Misbehaved(_id, why, re, detail), default, Refusal.None);
    }
}
