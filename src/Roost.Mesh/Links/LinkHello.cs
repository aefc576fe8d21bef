using System.Diagnostics.CodeAnalysis;
using Roost.Core.Codec;
using Roost.Core.Crypto;

namespace Roost.Mesh.Links;

/// <summary>The first word of each end of a hub link (docs/protocol/mesh.md, "Handshake").</summary>
/// <param name="HubKey">Whose proof AUTH will carry.</param>
/// <param name="Ephemeral">X25519, 32 bytes, for this link alone.</param>
/// <param name="Nonce">32 random bytes, for this link alone.</param>
/// <param name="Run">Names one run of a hub process: two processes with one key differ here.</param>
/// <param name="Mesh">The first 16 bytes of H("roost-mesh-1" ‖ APP_ID): hubs of different meshes do not link.</param>
/// <param name="Features">Bits nobody uses yet; unknown ones are ignored.</param>
/// <param name="Authority">The <c>host:port</c> that the dialler dialled; "" from the listener.</param>
public sealed record LinkHello(PublicKey HubKey, ReadOnlyMemory<byte> Ephemeral, ReadOnlyMemory<byte> Nonce, ulong Run, ReadOnlyMemory<byte> Mesh, uint Features, string Authority)
{
    internal const byte Type = 0x01, Version = 1;

    internal byte[] ToArray() => new ByteWriter(384)
        .U8(Type).U8(Version).Bytes(HubKey.ToArray()).Bytes(Ephemeral.Span).Bytes(Nonce.Span).U64(Run).Bytes(Mesh.Span).U32(Features).Str8(Authority)
        .ToArray();

    /// <summary>Reads a HELLO; <paramref name="otherVersion"/> when it is one of a version that this code does not speak.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> message, [NotNullWhen(true)] out LinkHello? hello, out bool otherVersion)
    {
        hello = null;
        otherVersion = false;
        var reader = new ByteReader(message);
        if (!reader.TryU8(out byte type) || type != Type || !reader.TryU8(out byte version))
        {
            return false;
        }
        if (version != Version)
        {
            otherVersion = true;
            return false;
        }
        if (!reader.TryBytes(PublicKey.Size, out var key) || !reader.TryBytes(32, out var ephemeral) || !reader.TryBytes(32, out var nonce)
            || !reader.TryU64(out ulong run) || !reader.TryBytes(16, out var mesh) || !reader.TryU32(out uint features)
            || !reader.TryStr8(out string authority) || !reader.AtEnd)
        {
            return false;
        }
        hello = new(PublicKey.FromBytes(key), ephemeral.ToArray(), nonce.ToArray(), run, mesh.ToArray(), features, authority);
        return true;
    }
}
