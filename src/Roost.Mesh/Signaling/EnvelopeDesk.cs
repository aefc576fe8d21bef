using System.Diagnostics.CodeAnalysis;
using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Core.Rooms;

namespace Roost.Mesh.Signaling;

/// <summary>Seals, signs, opens and checks what members of one room say to each other (docs/protocol/signaling.md, "Envelope").</summary>
/// <remarks>Pure, of what it is given; not thread-safe.</remarks>
/// <param name="room">The room's keys.</param>
/// <param name="identity">Who speaks here.</param>
/// <param name="session">This process in the room, random: a key of its own, so that no nonce is used twice.</param>
public sealed class EnvelopeDesk(RoomKeys room, SigningKey identity, SessionId session)
{
    /// <summary>The first byte of an envelope.</summary>
    public const byte Type = 0x10;

    // Whoever can seal an envelope is a member with a session of its own; the oldest sessions are forgotten first.
    private const int MaxSessions = 4096;
    private const int HeadSize = 1 + 3 * Id16.Size + 8;
    private const int InnerSize = PublicKey.Size + Ed25519.SignatureSize;

    private readonly PeerId _self = PeerId.OfKey(identity.PublicKey);
    private readonly Dictionary<(PeerId, SessionId), ulong> _last = [];
    private readonly Queue<(PeerId, SessionId)> _order = new();
    private ulong _seq;

    /// <summary>Envelopes that were dropped: forged, replayed, for another session.</summary>
    public int Refused { get; private set; }

    /// <summary>Seals a payload for one member's session.</summary>
    public byte[] Seal(PeerId to, SessionId toSession, ReadOnlySpan<byte> payload)
    {
        ulong seq = ++_seq;
        var associated = Associated(_self, to, session, toSession, seq);
        var plain = new ByteWriter(InnerSize + payload.Length)
            .Bytes(identity.PublicKey.ToArray()).Bytes(identity.Sign(Signed(associated, payload))).Bytes(payload);
        var @sealed = new byte[plain.Length + Aead.TagSize];
        using var aead = new Aead(room.SignalKey(_self, session));
        aead.Seal(seq, associated, plain.Written, @sealed);
        return new ByteWriter(HeadSize + @sealed.Length)
            .U8(Type).Id(room.Room.Value).Id(session.Value).Id(toSession.Value).U64(seq).Bytes(@sealed).ToArray();
    }

    /// <summary>Opens what came from <paramref name="from"/>, as the hub stamped it.</summary>
    /// <returns>False where any of the rules does not hold.</returns>
    public bool TryOpen(PeerId from, ReadOnlySpan<byte> bytes, out SessionId fromSession, [NotNullWhen(true)] out byte[]? payload)
    {
        if (TryCheck(from, bytes, out fromSession, out payload))
        {
            return true;
        }
        Refused++;
        return false;
    }

    private bool TryCheck(PeerId from, ReadOnlySpan<byte> bytes, out SessionId fromSession, [NotNullWhen(true)] out byte[]? payload)
    {
        payload = null;
        fromSession = default;
        var reader = new ByteReader(bytes);
        if (!reader.TryU8(out byte type) || type != Type || !reader.TryId16(out var inRoom) || inRoom != room.Room.Value
            || !reader.TryId16(out var source) || !reader.TryId16(out var target) || target != session.Value
            || !reader.TryU64(out ulong seq) || reader.Rest.Length < InnerSize + Aead.TagSize)
        {
            return false;
        }
        fromSession = new SessionId(source);
        if (_last.TryGetValue((from, fromSession), out ulong last) && seq <= last)
        {
            return false;
        }
        var associated = Associated(from, _self, fromSession, session, seq);
        var plain = new byte[reader.Rest.Length - Aead.TagSize];
        using var aead = new Aead(room.SignalKey(from, fromSession));
        if (!aead.TryOpen(seq, associated, reader.Rest, plain))
        {
            return false;
        }
        var key = PublicKey.FromBytes(plain.AsSpan(0, PublicKey.Size));
        var said = plain.AsSpan(InnerSize);
        if (PeerId.OfKey(key) != from || !Ed25519.Verify(key, Signed(associated, said), plain.AsSpan(PublicKey.Size, Ed25519.SignatureSize)))
        {
            return false;
        }
        Remember((from, fromSession), seq);
        payload = said.ToArray();
        return true;
    }

    private void Remember((PeerId, SessionId) sender, ulong seq)
    {
        if (!_last.ContainsKey(sender))
        {
            if (_order.Count == MaxSessions)
            {
                _last.Remove(_order.Dequeue());
            }
            _order.Enqueue(sender);
        }
        _last[sender] = seq;
    }

    private byte[] Associated(PeerId from, PeerId to, SessionId fromSession, SessionId toSession, ulong seq) =>
        new ByteWriter(128).Id(room.Room.Value).Id(from).Id(to).Id(fromSession.Value).Id(toSession.Value).U64(seq).ToArray();

    private static byte[] Signed(byte[] associated, ReadOnlySpan<byte> payload) =>
        new ByteWriter(160).Label("roost-signal-1").Bytes(associated).Bytes(Hashes.Sha256(payload)).ToArray();
}
