using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Mesh.Links;
using Roost.Mesh.Topics;

namespace Roost.Mesh.Federation;

/// <summary>Names one proven link of one hub process; never used twice in it.</summary>
public readonly record struct LinkId(long Value);

/// <summary>Whether a link runs through a third hub.</summary>
public enum Carriage
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>It does, and this hub opened it.</summary>
    Opened,

    /// <summary>It does, and the other hub opened it.</summary>
    Accepted,
}

/// <summary>What can happen to a hub's part in a mesh.</summary>
public abstract record MeshInput
{
    private MeshInput() { }

    /// <summary>The hub listens; dialling may begin.</summary>
    public sealed record Started : MeshInput;

    /// <summary>A handshake succeeded.</summary>
    /// <param name="Link">The new link.</param>
    /// <param name="Key">The other hub's key, proven.</param>
    /// <param name="Run">Its run.</param>
    /// <param name="Url">What was dialled; null where the other hub dialled.</param>
    /// <param name="Reach">The class of the other end's address.</param>
    /// <param name="Carried">Whether a third hub carries it, and who opened it.</param>
    public sealed record LinkUp(LinkId Link, PublicKey Key, ulong Run, string? Url, Reach Reach, Carriage Carried = Carriage.None) : MeshInput;

    /// <summary>A link ended. <paramref name="Why"/> is <see cref="LinkRefusal.None"/> when the stream died by itself.</summary>
    public sealed record LinkDown(LinkId Link, LinkRefusal Why) : MeshInput;

    /// <summary>A dial or its handshake failed. <paramref name="Wanted"/> is who should have been there.</summary>
    /// <param name="Url">What was dialled.</param>
    /// <param name="Why">What one of the two ends said; <see cref="LinkRefusal.None"/> if nothing answered.</param>
    /// <param name="Wanted">Who should be there; null for a seed.</param>
    /// <param name="Detail">For the operator: what the network said, in a few words.</param>
    public sealed record DialFailed(string Url, LinkRefusal Why, HubId? Wanted, string Detail = "") : MeshInput;

    /// <summary>A carried link did not come about.</summary>
    public sealed record CarryFailed(HubId Wanted) : MeshInput;

    /// <summary>Have a message of a carried link taken to its other end.</summary>
    /// <param name="Via">The link to the hub in the middle.</param>
    /// <param name="To">The other end.</param>
    /// <param name="Stream">The number that whoever opened it gave it.</param>
    /// <param name="Way">Towards whom, and whether it is the first or last one.</param>
    /// <param name="Body">The message; not changed any more.</param>
    public sealed record Carry(LinkId Via, HubId To, uint Stream, CarryWay Way, ReadOnlyMemory<byte> Body) : MeshInput;

    /// <summary>A batch came.</summary>
    public sealed record Received(LinkId Link, IReadOnlyList<MeshFrame> Frames) : MeshInput;

    /// <summary>A frame did not fit the link's queue.</summary>
    public sealed record Undelivered(LinkId Link, MeshFrame Frame) : MeshInput;

    /// <summary>The operator takes this hub out of the mesh, or back in.</summary>
    public sealed record Drained(bool Out) : MeshInput;

    /// <summary>The operator wants to know how long the round trips of all links are at the moment.</summary>
    public sealed record PingAll : MeshInput;

    /// <summary>The hub goes down: links end with a word of goodbye.</summary>
    public sealed record Stopped : MeshInput;

    /// <summary>Somebody publishes here; answered by <see cref="MeshEffect.Published"/>.</summary>
    /// <param name="Ticket">Comes back in the answer.</param>
    /// <param name="Topic">Under which name.</param>
    /// <param name="Data">JSON; copied.</param>
    /// <param name="Ttl">Seconds.</param>
    public sealed record Publish(ulong Ticket, string Topic, ReadOnlyMemory<byte> Data, ushort Ttl) : MeshInput;

    /// <summary>Somebody looks for what is published; answered by <see cref="MeshEffect.Sought"/>.</summary>
    public sealed record Seek(ulong Ticket, string Topic) : MeshInput;

    /// <summary>A hub to meet, learned while running.</summary>
    public sealed record SeedFound(string Url) : MeshInput;
}

/// <summary>What a hub's part in a mesh asks its shell for.</summary>
public abstract record MeshEffect
{
    private MeshEffect() { }

    /// <summary>Send; bodies are borrowed and end with the drain.</summary>
    public sealed record Send(LinkId Link, MeshFrame Frame) : MeshEffect;

    /// <summary>Dial and shake hands; answer with LinkUp or DialFailed.</summary>
    /// <param name="Url">A ws or wss URL of a <c>/mesh</c> door. No redirect is followed.</param>
    /// <param name="Wanted">Who should be there; null for a seed.</param>
    /// <param name="Allowed">Beside public addresses, those of this class may be dialled; null: all, since an operator named it.</param>
    public sealed record Dial(string Url, HubId? Wanted, Reach? Allowed) : MeshEffect;

    /// <summary>Open a link to a hub through the one at the other end of a link; answer with LinkUp or CarryFailed.</summary>
    public sealed record DialThrough(LinkId Via, HubId Wanted) : MeshEffect;

    /// <summary>A message of a carried link arrived; its body is borrowed and ends with the drain.</summary>
    /// <param name="Via">The link it came by.</param>
    /// <param name="From">The other end of the carried link, as the hub in the middle says; its handshake proves it.</param>
    /// <param name="Stream">Its number.</param>
    /// <param name="Way">Towards whom, and whether it is the first or last one.</param>
    /// <param name="Body">The message.</param>
    public sealed record Carried(LinkId Via, HubId From, uint Stream, CarryWay Way, ReadOnlyMemory<byte> Body) : MeshEffect;

    /// <summary>End a link.</summary>
    public sealed record Close(LinkId Link, LinkRefusal Why) : MeshEffect;

    /// <summary>Something was published and put to so many other hubs; null: it breaks a limit, or there is no room.</summary>
    public sealed record Published(ulong Ticket, TopicRecord? Record, int PutTo) : MeshEffect;

    /// <summary>What was found; its Ttl is what remains.</summary>
    public sealed record Sought(ulong Ticket, TopicRecord? Record) : MeshEffect;

    /// <summary>Tell the operator.</summary>
    public sealed record Notice(bool Warning, string Text) : MeshEffect;
}
