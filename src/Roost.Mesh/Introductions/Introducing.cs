using Roost.Core.Identity;

namespace Roost.Mesh.Introductions;

/// <summary>One network's guests at all hubs, where this hub is the one that introduces them.</summary>
internal sealed class Introducing(Introducer introducer)
{
    public Introducer Introducer { get; } = introducer;

    public Dictionary<PeerId, Candidate> Guests { get; } = [];

    /// <summary>The same id at a second hub: waits until it is settled whose it is.</summary>
    public Dictionary<PeerId, Candidate> Rivals { get; } = [];
}

/// <summary>A guest to be introduced.</summary>
/// <param name="Home">The hub it is at; null: this one.</param>
/// <param name="MaxLinks">Links it takes.</param>
/// <param name="Card">What it announced; a copy of its own.</param>
internal readonly record struct Candidate(HubId? Home, int MaxLinks, ReadOnlyMemory<byte> Card);
