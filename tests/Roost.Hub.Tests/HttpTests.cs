using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Roost.Core.Crypto;
using Roost.Hub.Hosting;

namespace Roost.Hub.Tests;

public sealed class HttpTests : IDisposable
{
    private readonly HttpClient _http = new(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.None });

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Health_has_the_fields_of_the_readme()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await PigeonClient.AnnounceAsync(hub.Host.Port, '1');
        var health = await GetAsync(hub, "/health?x=1");
        Assert.Equal("healthy", (string?)health["status"]);
        Assert.Equal(hub.Host.Id.ToShortString(), (string?)health["nodeId"]);
        Assert.InRange((long)health["uptime"]!, 0, 60_000);
        Assert.True((bool)health["connected"]! && (bool)health["dhtReady"]! && (bool)health["signalDirReady"]!);
        Assert.Equal(1, (int)health["connections"]!);
        Assert.True((bool)(await GetAsync(hub, "/ready"))["ready"]!);
    }

    [Fact]
    public async Task Peers_shows_announced_guests_of_one_network_and_never_own_peers()
    {
        await using var hub = await TestHub.StartAsync();
        await using var own = await TestPeer.EnterAsync(hub.Host, 1);
        await using var guest = await PigeonClient.ConnectAsync(hub.Host.Port, PigeonClient.IdOf('1'));
        await guest.SayAsync("""{"type":"announce","data":{"peerId":"x","name":"Ada","name":"Grace"},"networkName":"net"}""");
        await guest.SayAsync("""{"type":"ping"}""");
        await guest.HearAsync("pong");
        Assert.Equal(0, (int)(await GetAsync(hub, "/peers"))["count"]!);
        var peers = await GetAsync(hub, "/peers?networkName=net");
        var peer = Assert.Single(peers["peers"]!.AsArray())!;
        Assert.Equal(("11111111...", guest.Id), ((string?)peer["peerId"], (string?)peer["fullPeerId"]));
        Assert.StartsWith("{\"name\":\"Ada\"", peer["data"]!.ToJsonString(), StringComparison.Ordinal);
        var signaling = await GetAsync(hub, "/signaling?networkName=net");
        Assert.Equal($"ws://127.0.0.1:{hub.Host.Port}", (string?)signaling["wsUrl"]);
        Assert.Equal(2, (int)signaling["totalConnections"]!);
        Assert.Equal(0, (int)(await GetAsync(hub, "/hubs"))["totalHubs"]!);
    }

    [Fact]
    public async Task A_generated_id_opens_the_door_it_is_told_of()
    {
        await using var hub = await TestHub.StartAsync();
        var answer = await GetAsync(hub, "/generate-peer-id");
        Assert.Equal(40, (int)answer["length"]!);
        await using var client = await PigeonClient.ConnectAsync(new Uri((string)answer["wsUrl"]!).Port, (string)answer["peerId"]!);
    }

    [Fact]
    public async Task A_forged_host_is_not_put_into_links()
    {
        await using var hub = await TestHub.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Url(hub, "/signaling"));
        request.Headers.Host = "evil.example";
        var body = await (await _http.SendAsync(request, TestContext.Current.CancellationToken)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("evil", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*", "http://a.example", "*", null)]
    [InlineData("http://a.example, http://b.example", "http://b.example", "http://b.example", "true")]
    [InlineData("http://a.example", "http://evil.example", null, null)]
    public async Task Cors_gives_credentials_to_named_origins_only(string allowed, string origin, string? expected, string? credentials)
    {
        await using var hub = await TestHub.StartAsync(options => options.CorsOrigin = allowed);
        using var request = new HttpRequestMessage(HttpMethod.Options, Url(hub, "/peers"));
        request.Headers.Add("Origin", origin);
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(expected, response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null);
        Assert.Equal(credentials, response.Headers.TryGetValues("Access-Control-Allow-Credentials", out values) ? values.Single() : null);
        Assert.Equal("GET, POST, OPTIONS", response.Headers.GetValues("Access-Control-Allow-Methods").Single());
    }

    [Fact]
    public async Task Metrics_are_prometheus_text()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await PigeonClient.ConnectAsync(hub.Host.Port, "bad", connected: false);
        await client.ClosedAsync();
        string text = await _http.GetStringAsync(Url(hub, "/metrics"), TestContext.Current.CancellationToken);
        Assert.Contains("# TYPE roost_hub_refusals_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("roost_hub_refusals_total{cause=\"bad-peer-id\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("\nroost_hub_connections ", text, StringComparison.Ordinal);
        Assert.Contains("\nroost_mesh_hubs{state=\"alive\"} 0\n", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(@"^(# (HELP|TYPE) \w+ .+|\w+(\{\w+=""[\w-]+""\})? [0-9.E+-]+)$", line));
    }

    [Fact]
    public async Task The_app_is_served_with_its_policy_compressed_and_cached()
    {
        string root = Directory.CreateTempSubdirectory("roost-web-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(root, "index.html"), "<!doctype html>" + new string(' ', 2_000), TestContext.Current.CancellationToken);
            Directory.CreateDirectory(Path.Combine(root, "assets"));
            await File.WriteAllTextAsync(Path.Combine(root, "assets", "app-1a2b3c4d.js"), new string('x', 5_000), TestContext.Current.CancellationToken);
            await using var hub = await TestHub.StartAsync(options => options.WebRoot = root);
            using var page = await _http.GetAsync(Url(hub, "/"), TestContext.Current.CancellationToken);
            Assert.Contains("default-src 'none'; script-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
            Assert.Equal("no-cache", page.Headers.CacheControl!.ToString());
            using var request = new HttpRequestMessage(HttpMethod.Get, Url(hub, "/assets/app-1a2b3c4d.js"));
            request.Headers.AcceptEncoding.ParseAdd("gzip");
            using var script = await _http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal("gzip", script.Content.Headers.ContentEncoding.Single());
            Assert.Contains("immutable", script.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            using var unzipped = new StreamReader(new GZipStream(await script.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), CompressionMode.Decompress));
            Assert.Equal(new string('x', 5_000), await unzipped.ReadToEndAsync(TestContext.Current.CancellationToken));
            using var again = new HttpRequestMessage(HttpMethod.Get, Url(hub, "/"));
            again.Headers.TryAddWithoutValidation("If-None-Match", page.Headers.ETag!.Tag);
            Assert.Equal(HttpStatusCode.NotModified, (await _http.SendAsync(again, TestContext.Current.CancellationToken)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync(Url(hub, "/%2e%2e/%2e%2e/etc/passwd"), TestContext.Current.CancellationToken)).StatusCode);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task The_files_of_the_app_are_listed_under_the_hubs_key()
    {
        await using var hub = await TestHub.StartAsync();
        var list = await GetAsync(hub, "/.well-known/roost-assets.json");
        var files = list["files"]!.AsObject().Select(file => (Path: file.Key, Hash: (string)file.Value!)).ToList();
        var (path, hash) = files.First(file => file.Path.EndsWith(".svg", StringComparison.Ordinal));
        Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(await _http.GetByteArrayAsync(Url(hub, path), TestContext.Current.CancellationToken))));
        Assert.Equal(hub.Host.Key.ToString(), (string?)list["hub"]);
        string lines = string.Concat(files.Select(file => $"{file.Hash}  {file.Path}\n"));
        byte[] signed = [.. "roost-assets-1"u8, .. SHA256.HashData(Encoding.UTF8.GetBytes(lines))];
        Assert.True(Ed25519.Verify(hub.Host.Key, signed, Convert.FromHexString((string)list["signature"]!)));
    }

    private static string Url(TestHub hub, string path) => $"http://127.0.0.1:{hub.Host.Port}{path}";

    private async Task<JsonObject> GetAsync(TestHub hub, string path) =>
        JsonNode.Parse(await _http.GetStringAsync(Url(hub, path), TestContext.Current.CancellationToken))!.AsObject();
}
