using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Documents;
using Roost.Mesh.Signaling;

namespace Roost.Peer.Documents;

/// <summary>How a document is opened.</summary>
public sealed record DocumentSessionOptions
{
    /// <summary>How many members are linked with directly unless told otherwise: each gets a copy of every change.</summary>
    public const int DefaultMaxDirect = 8;

    /// <summary>The document's link.</summary>
    public required DocumentInvite Invite { get; init; }

    /// <summary>Hubs to use, best first; empty to stay offline. Usually the link's own.</summary>
    public required IReadOnlyList<string> Hubs { get; init; }

    /// <summary>Where it is kept; null to keep it in memory.</summary>
    public DocumentFolder? Folder { get; init; }

    /// <summary>Separates applications.</summary>
    public string Network { get; init; } = "";

    /// <summary>What others see as this member's name; null shows nothing of it to anybody.</summary>
    public string? UserName { get; init; }

    /// <summary>The member's colour as <c>#rrggbb</c>.</summary>
    public string UserColor { get; init; } = "#30bced";

    /// <summary>How long the hub shall keep the sealed feeds after the last visit of a writer; null for not at all.</summary>
    public TimeSpan? KeepFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Members that are linked with directly (WebRTC) at once, 0 for none; frames of the others go over the hub.</summary>
    public int MaxDirect { get; init; } = DefaultMaxDirect;

    /// <summary>What is taken.</summary>
    public DocumentLimits Limits { get; init; } = new();
}

/// <summary>What happens to an open document.</summary>
public abstract record DocumentEvent
{
    private DocumentEvent()
    {
    }

    /// <summary>A hub let us in.</summary>
    public sealed record HubFound(string Origin) : DocumentEvent;

    /// <summary>The hub is gone; it is dialled again, and edits are kept meanwhile.</summary>
    public sealed record HubLost(string Reason) : DocumentEvent;

    /// <summary>The hub refused something.</summary>
    public sealed record Refused(ushort Code, string Message) : DocumentEvent;

    /// <summary>The hub keeps the sealed feeds for so long; zero: it does not, and <paramref name="Why"/>.</summary>
    public sealed record Kept(TimeSpan For, string Why) : DocumentEvent;

    /// <summary>So many others are in the room.</summary>
    public sealed record Members(int Count) : DocumentEvent;

    /// <summary>How a member is reached, and the round trip; null over the hub.</summary>
    public sealed record Path(PeerId Peer, PeerPath By, TimeSpan? RoundTrip) : DocumentEvent;

    /// <summary>No direct links can be had on this machine; <paramref name="Why"/>.</summary>
    public sealed record DirectUnavailable(string Why) : DocumentEvent;

    /// <summary>Names, colours or cursors of others changed.</summary>
    public sealed record PresenceChanged : DocumentEvent;

    /// <summary>Everything is here that those who are here have; <paramref name="Alone"/>: nobody answered.</summary>
    public sealed record CaughtUp(bool Alone) : DocumentEvent;

    /// <summary>Somebody's change was applied.</summary>
    public sealed record Changed : DocumentEvent;

    /// <summary>A writer sent what no document can take; it was left out, the rest goes on.</summary>
    public sealed record BadUpdate(string Why) : DocumentEvent;

    /// <summary>A writer contradicted what it signed before; nothing more is read of that feed.</summary>
    public sealed record Forked : DocumentEvent;

    /// <summary>Nothing can be kept or shared any more.</summary>
    public sealed record Failed(string Problem) : DocumentEvent;
}
