using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using Roost.Core.Identity;

namespace Roost.Core.Rooms;

/// <summary>What a link or a QR code carries: where to find a room, and its secret behind the "#", which browsers never send (docs/protocol/rooms.md).</summary>
/// <param name="Origin">Scheme, host and port of a hub, such as "http://192.168.1.20:3000"; no path.</param>
/// <param name="Secret">The room's secret.</param>
/// <param name="Owner">Who may host; none for an open room.</param>
public sealed record Invite(string Origin, RoomSecret Secret, OwnerId Owner)
{
    /// <summary>The version this code writes and reads.</summary>
    public const byte Version = 1;

    private const int PayloadSize = 34;
    private const int FragmentLength = 46;

    /// <summary>Flag of a document's link.</summary>
    internal const byte DocumentFlag = 1;

    /// <summary>Flag of a link that may write: the write seed stands in place of the owner.</summary>
    internal const byte WriteFlag = 2;

    /// <summary>Reads a session's link.</summary>
    /// <param name="link">ORIGIN/#FRAGMENT, http or https; spaces around it are ignored.</param>
    /// <param name="invite">The invite, when the link is sound.</param>
    /// <param name="problem">Why not, otherwise.</param>
    public static bool TryParse(string? link, [NotNullWhen(true)] out Invite? invite, out InviteProblem problem)
    {
        invite = null;
        problem = Read(link, out string origin, out byte flags, out var secret, out var owner);
        if (problem == InviteProblem.None && flags != 0)
        {
            problem = InviteProblem.OtherKind;
        }
        if (problem == InviteProblem.None)
        {
            invite = new Invite(origin, secret, new OwnerId(owner));
        }
        return problem == InviteProblem.None;
    }

    /// <summary>The link: safe to print where only the invited look.</summary>
    public override string ToString() => $"{Origin}/#{Fragment()}";

    /// <summary>What stands behind the "#": 46 characters of base64url.</summary>
    public string Fragment() => Fragment(0, Secret, Owner.Value);

    /// <summary>A link of any kind.</summary>
    internal static string Write(string origin, byte flags, RoomSecret secret, Id16 last) => $"{origin}/#{Fragment(flags, secret, last)}";

    /// <summary>Reads a link of any kind; <paramref name="last"/> is the owner, or the write seed where <see cref="WriteFlag"/> is set.</summary>
    internal static InviteProblem Read(string? link, out string origin, out byte flags, out RoomSecret secret, out Id16 last)
    {
        (origin, flags, secret, last) = ("", 0, default, default);
        string text = link?.Trim() ?? "";
        int hash = text.IndexOf('#', StringComparison.Ordinal);
        if (hash < 0
            || !Uri.TryCreate(text[..hash], UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            return InviteProblem.NotALink;
        }
        origin = uri.GetLeftPart(UriPartial.Authority);
        return ReadFragment(text.AsSpan(hash + 1), out flags, out secret, out last);
    }

    private static string Fragment(byte flags, RoomSecret secret, Id16 last)
    {
        Span<byte> payload = stackalloc byte[PayloadSize];
        payload[0] = Version;
        payload[1] = flags;
        secret.CopyTo(payload[2..]);
        last.CopyTo(payload[18..]);
        return Base64Url.EncodeToString(payload);
    }

    private static InviteProblem ReadFragment(ReadOnlySpan<char> fragment, out byte flags, out RoomSecret secret, out Id16 last)
    {
        (flags, secret, last) = (0, default, default);
        Span<byte> payload = stackalloc byte[PayloadSize];
        if (fragment.Length != FragmentLength
            || !Base64Url.IsValid(fragment, out int size) || size != PayloadSize
            || !Base64Url.TryDecodeFromChars(fragment, payload, out int written) || written != PayloadSize
            || !Base64Url.EncodeToString(payload).AsSpan().SequenceEqual(fragment))
        {
            return InviteProblem.Damaged;
        }
        flags = payload[1];
        if (payload[0] != Version || flags is not (0 or DocumentFlag or (DocumentFlag | WriteFlag)))
        {
            return InviteProblem.Newer;
        }
        secret = RoomSecret.FromBytes(payload[2..18]);
        last = Id16.Read(payload[18..]);
        return InviteProblem.None;
    }
}

/// <summary>Why a text is no invite.</summary>
public enum InviteProblem
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>No http or https address with a "#".</summary>
    NotALink,

    /// <summary>Cut off, or letters changed on the way.</summary>
    Damaged,

    /// <summary>Made by a newer version of Roost.</summary>
    Newer,

    /// <summary>A link of Roost, but a document's where a session's is wanted, or the other way round.</summary>
    OtherKind,
}
