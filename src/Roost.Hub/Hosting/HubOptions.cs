using System.Net;
using System.Security.Cryptography.X509Certificates;
using Roost.Core.Identity;
using Roost.Mesh.Hubs;

namespace Roost.Hub.Hosting;

/// <summary>What an operator can say about a hub. <see cref="HubEnvironment"/> maps the environment's names to it.</summary>
public sealed class HubOptions
{
    /// <summary>TCP port, and UDP port of the STUN responder; 0 picks one. PORT, 3000.</summary>
    public int Port { get; set; } = 3000;

    /// <summary>Address to listen on; 0.0.0.0 is every address, IPv6 ones too. HOST.</summary>
    public string Host { get; set; } = "0.0.0.0";

    /// <summary>NODE_ENV=development: local hubs are looked for and errors say more.</summary>
    public bool Development { get; set; }

    /// <summary>Hubs that a hub in development looks for by itself. Seed 002: npm run local:node1 … node4.</summary>
    public IReadOnlyList<string> DevelopmentPeers { get; set; } = ["ws://localhost:3000", "ws://localhost:3001", "ws://localhost:3002", "ws://localhost:3003"];

    /// <summary>Hubs to meet first, as ws:// or wss:// URLs. BOOTSTRAP_PEERS, comma-separated.</summary>
    public IReadOnlyList<string> BootstrapPeers { get; set; } = [];

    /// <summary>A file whose bytes all hubs of a closed mesh share; null: open. <c>--mesh-key</c>.</summary>
    public string? MeshKeyFile { get; set; }

    /// <summary>Keeps meshes apart. APP_ID.</summary>
    public string AppId { get; set; } = "";

    /// <summary>us-east, us-west, eu-west, asia-pacific or global. REGION.</summary>
    public string Region { get; set; } = "global";

    /// <summary>How this hub is reached from outside; put in links and announcements. PUBLIC_URL.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>How long a signal for an unknown target is parked for the mesh to find it. SIGNALING_TIMEOUT, 5,000 ms.</summary>
    public TimeSpan SignalingTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Origins that may read the REST API: <c>*</c>, or a comma-separated list. CORS_ORIGIN.</summary>
    public string CorsOrigin { get; set; } = "*";

    /// <summary>STUN and TURN servers of others, as a JSON array in W3C's form. ICE_SERVERS.</summary>
    public string IceServers { get; set; } = "[]";

    /// <summary>Where the hub's key and store are kept; null keeps nothing. <c>--data</c>.</summary>
    public string? DataDirectory { get; set; }

    /// <summary>Serves the web app from this directory instead of the built-in one.</summary>
    public string? WebRoot { get; set; }

    /// <summary>Further host names that this hub answers to, beside PUBLIC_URL's, its addresses and its own name.</summary>
    public IReadOnlyList<string> Names { get; set; } = [];

    /// <summary>Proxies whose X-Forwarded-For is believed. <c>--trusted-proxy</c>.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; set; } = [];

    /// <summary>The hub of one session: serves <c>/</c>, its assets, <c>/roost</c> and <c>/health</c>, and only <see cref="Rooms"/> and rooms opened with <c>OpenRoomAsync</c>.</summary>
    public bool PrivateRooms { get; set; }

    /// <summary>Rooms of a private hub that are served to the very first who connects: those of a session that goes on are waiting.</summary>
    public IReadOnlyList<RoomId> Rooms { get; set; } = [];

    /// <summary>Whether a STUN responder runs on the same port number.</summary>
    public bool Stun { get; set; } = true;

    /// <summary>How PeerPigeon clients learn of each other.</summary>
    public DiscoveryMode Discovery { get; set; } = DiscoveryMode.Auto;

    /// <summary>Serve TLS with this certificate.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>What clients may cost.</summary>
    public HubLimits Limits { get; set; } = new();

    internal HubLimits EffectiveLimits => Limits with { PrivateRooms = PrivateRooms, Discovery = Discovery };
}
