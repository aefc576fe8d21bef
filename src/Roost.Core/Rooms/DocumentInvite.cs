using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Identity;

namespace Roost.Core.Rooms;

/// <summary>The link of a document: with a write seed whoever has it may write, without it may read only (docs/protocol/rooms.md).</summary>
/// <param name="Origin">Scheme, host and port of a hub; no path.</param>
/// <param name="Secret">The room's secret.</param>
/// <param name="Owner">What the write key hashes to.</param>
/// <param name="Write">The write key's seed; null in a read-only link.</param>
public sealed record DocumentInvite(string Origin, RoomSecret Secret, OwnerId Owner, WriteSeed? Write)
{
    /// <summary>A link that may write.</summary>
    public static DocumentInvite Writable(string origin, RoomSecret secret, WriteSeed write)
    {
        using var key = write.ToKey();
        return new DocumentInvite(origin, secret, key.PublicKey.ToOwnerId(), write);
    }

    /// <summary>The same document without the right to write.</summary>
    public DocumentInvite ReadOnly() => this with { Write = null };

    /// <summary>Reads a link.</summary>
    public static bool TryParse(string? link, [NotNullWhen(true)] out DocumentInvite? invite, out InviteProblem problem)
    {
        invite = null;
        problem = Invite.Read(link, out string origin, out byte flags, out var secret, out var last);
        if (problem == InviteProblem.None && (flags & Invite.DocumentFlag) == 0)
        {
            problem = InviteProblem.OtherKind;
        }
        if (problem != InviteProblem.None)
        {
            return false;
        }
        invite = (flags & Invite.WriteFlag) != 0
            ? Writable(origin, secret, WriteSeed.FromBytes(last.ToArray()))
            : new DocumentInvite(origin, secret, new OwnerId(last), null);
        return true;
    }

    /// <summary>The link: safe to print where only the invited look.</summary>
    public override string ToString() => Write is { } write
        ? Invite.Write(Origin, Invite.DocumentFlag | Invite.WriteFlag, Secret, write.Value)
        : Invite.Write(Origin, Invite.DocumentFlag, Secret, Owner.Value);
}

/// <summary>16 bytes that let their holder write in a document. Printing it shows nothing.</summary>
public readonly record struct WriteSeed
{
    /// <summary>Bytes of a seed.</summary>
    public const int Size = 16;

    private WriteSeed(Id16 value) => Value = value;

    internal Id16 Value { get; }

    /// <summary>A new one; <paramref name="dice"/> must be cryptographic outside tests.</summary>
    public static WriteSeed Generate(Dice dice)
    {
        Span<byte> bytes = stackalloc byte[Size];
        dice.Fill(bytes);
        return FromBytes(bytes);
    }

    /// <summary>Takes 16 bytes.</summary>
    public static WriteSeed FromBytes(ReadOnlySpan<byte> bytes) => new(Id16.Read(bytes));

    /// <summary>The write key: Ed25519 with seed HKDF("roost/1", this, "write").</summary>
    public SigningKey ToKey() => SigningKey.FromSeed(Hashes.HkdfExpand(Hashes.HkdfExtract("roost/1"u8, Value.ToArray()), "write"u8, Ed25519.SeedSize));

    /// <summary>Nothing: a seed does not belong in a log.</summary>
    public override string ToString() => "(write seed)";
}
