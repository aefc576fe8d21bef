using Roost.Core.Crypto;

namespace Roost.Mesh.Peers;

/// <summary>How a peer reaches its hubs.</summary>
public sealed record HubLinkOptions
{
    /// <summary>Hubs to use, best first: "http://host:port" or "https://host"; at least one.</summary>
    public required IReadOnlyList<string> Hubs { get; init; }

    /// <summary>Whether hubs that these name are used when these fail. Off for a session that must stay on one hub.</summary>
    public bool LearnHubs { get; init; } = true;

    /// <summary>The peer's key.</summary>
    public required SigningKey Identity { get; init; }

    /// <summary>Separates applications; "" is the default network.</summary>
    public string Network { get; init; } = "";

    /// <summary>From dialling to WELCOME. docs/protocol/door.md: 5 s.</summary>
    public TimeSpan ConnectWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The first pause; doubles with each failure. Seed 001: "Exponential backoff: 1s, 2s, 4s".</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Silence after which the hub is pinged; twice that and the link counts as lost.</summary>
    public TimeSpan PingAfter { get; init; } = TimeSpan.FromSeconds(20);
}
