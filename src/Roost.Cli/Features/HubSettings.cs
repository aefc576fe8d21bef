using System.CommandLine;
using System.Net;
using Roost.Hub.Hosting;

namespace Roost.Cli.Features;

/// <summary>The flags of a hub, and how they come before the environment.</summary>
internal sealed class HubSettings
{
    public Option<int?> Port { get; } = new("--port") { Description = "TCP port, and UDP port of the STUN responder; 0 picks one (PORT, 3000)", HelpName = "PORT" };

    public Option<string?> Host { get; } = new("--host") { Description = "Address to listen on (HOST, 0.0.0.0)", HelpName = "ADDR" };

    public Option<DirectoryInfo?> Data { get; } = new("--data") { Description = "Where the hub keeps its key and store; without it, nothing is kept", HelpName = "DIR" };

    public Option<string?> PublicUrl { get; } = new("--public-url") { Description = "How others reach this hub; put in links (PUBLIC_URL)", HelpName = "URL" };

    public Option<string[]> MeshUrls { get; } = new("--mesh") { Description = "A hub to link to, as ws:// or wss:// URL; may be repeated (BOOTSTRAP_PEERS)", HelpName = "URL", AllowMultipleArgumentsPerToken = false };

    public Option<FileInfo?> MeshKey { get; } = new("--mesh-key") { Description = "Link only to hubs that have the same file", HelpName = "FILE" };

    public Option<string?> AppId { get; } = new("--app-id") { Description = "Keeps meshes apart (APP_ID)", HelpName = "ID" };

    public Option<string> Discovery { get; } = new("--discovery") { Description = "How PeerPigeon clients learn of each other: auto, full or shaped", DefaultValueFactory = _ => "auto", HelpName = "MODE" };

    public Option<string?> Tls { get; } = new("--tls") { Description = "Serve https: 'self' for a certificate of its own making, or the files CERT,KEY (PEM)", HelpName = "HOW" };

    public Option<string[]> TrustedProxy { get; } = new("--trusted-proxy") { Description = "A proxy in front whose X-Forwarded-For is believed; repeat it for more", HelpName = "CIDR" };

    public Option<DirectoryInfo?> WebRoot { get; } = new("--web-root") { Description = "Serve the web app from this folder instead of the built-in one", HelpName = "DIR" };

    public Option<bool> Dev { get; } = new("--dev") { Description = "For a developer's machine (NODE_ENV=development): finds hubs at ws://localhost:3000 to 3003 by itself, errors say more" };

    public Option<string> LogLevel { get; } = new("--log-level") { Description = "error, warning, information, debug or trace", DefaultValueFactory = _ => "information", HelpName = "LEVEL" };

    public Option<bool> Json { get; } = new("--json") { Description = "Events as JSON lines on stdout" };

    public Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "Say nothing but problems" };

    /// <summary>The data directory when none is named; null keeps nothing.</summary>
    public Func<DirectoryInfo>? DefaultData { get; init; }

    public HubSettings()
    {
        Discovery.AcceptOnlyFromAmong("auto", "full", "shaped");
        LogLevel.AcceptOnlyFromAmong("error", "warning", "information", "debug", "trace");
    }

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { Port, Host, Data, PublicUrl, MeshUrls, MeshKey, AppId, Discovery, Tls, TrustedProxy, WebRoot, Dev, LogLevel, Json, Quiet })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Flag over environment over default.</summary>
    public HubOptions Read(ParseResult parsed)
    {
        var options = new HubOptions();
        HubEnvironment.Apply(options, Environment.GetEnvironmentVariable);
        options.Port = parsed.GetValue(Port) ?? options.Port;
        options.Host = parsed.GetValue(Host) ?? options.Host;
        options.PublicUrl = parsed.GetValue(PublicUrl) ?? options.PublicUrl;
        options.BootstrapPeers = parsed.GetValue(MeshUrls) is { Length: > 0 } mesh ? mesh : options.BootstrapPeers;
        options.MeshKeyFile = parsed.GetValue(MeshKey)?.FullName;
        options.AppId = parsed.GetValue(AppId) ?? options.AppId;
        options.DataDirectory = (parsed.GetValue(Data) ?? DefaultData?.Invoke())?.FullName;
        options.WebRoot = parsed.GetValue(WebRoot)?.FullName ?? options.WebRoot;
        options.TrustedProxies = [.. (parsed.GetValue(TrustedProxy) ?? []).Select(ReadNetwork)];
        options.Certificate = HubCertificate.Read(parsed.GetValue(Tls), options);
        options.Development |= parsed.GetValue(Dev);
        options.Discovery = Enum.Parse<Mesh.Hubs.DiscoveryMode>(parsed.GetValue(Discovery)!, ignoreCase: true);
        return options;
    }

    private static IPNetwork ReadNetwork(string text)
    {
        if (IPNetwork.TryParse(text, out var network))
        {
            return network;
        }
        return IPAddress.TryParse(text, out var address)
            ? new IPNetwork(address, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128)
            : throw new ProblemException(new Problem("ROOST-1903", $"--trusted-proxy {text} is no network", "write it like 10.0.0.0/8 or 192.0.2.7", ExitCode.Usage));
    }
}
