using Roost.Core.Crypto;
using Roost.Core.Identity;

namespace Roost.Core.Rooms;

/// <summary>What lets somebody into a room without opening anything in it: the join key alone (docs/protocol/rooms.md).</summary>
/// <remarks>Immutable and thread-safe; dispose of it to free the key.</remarks>
public sealed class JoinKey : IDisposable
{
    private readonly SigningKey _key;

    /// <summary>From the key's 32-byte seed.</summary>
    public JoinKey(ReadOnlySpan<byte> seed, OwnerId owner)
    {
        _key = SigningKey.FromSeed(seed);
        Owner = owner;
        Room = RoomKeys.IdOf(owner, _key.PublicKey);
    }

    /// <summary>The room it leads to.</summary>
    public RoomId Room { get; }

    /// <summary>Who may host there.</summary>
    public OwnerId Owner { get; }

    /// <summary>The public half: what a hub checks JOIN with.</summary>
    public PublicKey PublicKey => _key.PublicKey;

    /// <summary>The seed, to hand on to a keeper.</summary>
    public byte[] ExportSeed() => _key.ExportSeed();

    /// <summary>The signature that lets <paramref name="peer"/> join through the hub that gave <paramref name="hubNonce"/>.</summary>
    public byte[] Sign(ReadOnlySpan<byte> hubNonce, PeerId peer, SessionId session) =>
        _key.Sign(RoomKeys.JoinText(hubNonce, peer, Room, session));

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
