namespace Roost.Dialects.Pigeon;

/// <summary>The Pigeon door's own limits; those of every door are <see cref="Roost.Mesh.Hubs.HubLimits"/>.</summary>
public static class PigeonLimits
{
    /// <summary>Bytes of a message, as PeerPigeon's server takes: larger ones are closed with 1009.</summary>
    public const int MaxMessage = 1024 * 1024;

    /// <summary>UTF-8 bytes of a network's name.</summary>
    public const int MaxNetworkName = 128;

    /// <summary>How deep a message may nest.</summary>
    public const int MaxDepth = 64;

    /// <summary>Links a client takes when it does not say: PeerPigeon's own default.</summary>
    public const int DefaultLinks = 3;

    /// <summary>Links beyond which a client's word is not believed.</summary>
    public const int MaxLinks = 64;

    /// <summary>Bytes of an unknown type that are said back in the error.</summary>
    public const int MaxEchoedType = 64;
}
