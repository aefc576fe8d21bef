using System.Diagnostics.CodeAnalysis;
using Roost.Core.Codec;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Identity;

namespace Roost.Mesh.Membership;

/// <summary>What a hub says about itself, signed: others repeat it, nobody else can make it.</summary>
/// <param name="Key">Whose it is; the id follows from it.</param>
/// <param name="Incarnation">Milliseconds of the hub's clock at its start; it adds one to refute its own death.</param>
/// <param name="Flags">See the constants.</param>
/// <param name="Region">As REGION says.</param>
/// <param name="Urls">Where it can be dialled, best first; none for a leaf.</param>
/// <param name="Signature">Over all of the above.</param>
public sealed record HubRecord(PublicKey Key, ulong Incarnation, byte Flags, string Region, IReadOnlyList<string> Urls, ReadOnlyMemory<byte> Signature)
{
    /// <summary>It cannot be dialled: it owns no leases and is reached through links it made.</summary>
    public const byte Leaf = 1;

    /// <summary>It is leaving: it takes no new peers and owns no leases.</summary>
    public const byte Draining = 2;

    /// <summary>Most URLs in a record.</summary>
    public const int MaxUrls = 4;

    /// <summary>Who it is.</summary>
    public HubId Id { get; } = HubId.OfKey(Key);

    /// <summary>Whether leases may be put there.</summary>
    public bool MayOwn => (Flags & (Leaf | Draining)) == 0;

    /// <summary>Makes a signed record.</summary>
    public static HubRecord Sign(SigningKey key, ulong incarnation, byte flags, string region, IReadOnlyList<string> urls)
    {
        var unsigned = new HubRecord(key.PublicKey, incarnation, flags, region, urls, default);
        return unsigned with { Signature = key.Sign(unsigned.Message()) };
    }

    /// <summary>Whether its hub signed it.</summary>
    public bool IsValid() => Ed25519.Verify(Key, Message(), Signature.Span);

    internal void Write(ByteWriter writer)
    {
        WriteBody(writer);
        writer.Bytes(Signature.Span);
    }

    internal static bool TryRead(ref ByteReader reader, [NotNullWhen(true)] out HubRecord? record)
    {
        record = null;
        if (!reader.TryU8(out byte version) || version != 1 || !reader.TryBytes(PublicKey.Size, out var key) || !reader.TryU64(out ulong incarnation)
            || !reader.TryU8(out byte flags) || !reader.TryStr8(out string region)
            || !reader.TryU8(out byte count) || count > MaxUrls)
        {
            return false;
        }
        var urls = new string[count];
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryStr8(out urls[i]))
            {
                return false;
            }
        }
        if (!reader.TryBytes(Ed25519.SignatureSize, out var signature))
        {
            return false;
        }
        record = new(PublicKey.FromBytes(key), incarnation, flags, region, urls, signature.ToArray());
        return true;
    }

    private byte[] Message()
    {
        var writer = new ByteWriter(384).Label("roost-hub-record-1");
        WriteBody(writer);
        return writer.ToArray();
    }

    private void WriteBody(ByteWriter writer)
    {
        writer.U8(1).Bytes(Key.ToArray()).U64(Incarnation).U8(Flags).Str8(Region).U8((byte)Urls.Count);
        foreach (string url in Urls)
        {
            writer.Str8(url);
        }
    }
}

/// <summary>What one hub thinks of another: the unit of reconciliation.</summary>
/// <param name="Hub">Of whom.</param>
/// <param name="Incarnation">As of which record.</param>
/// <param name="Dead">Whether it is believed dead.</param>
public readonly record struct HubView(HubId Hub, ulong Incarnation, bool Dead)
{
    internal static int Size => HubId.Size + 8 + 1;
}
