using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Hub.Connections;
using Roost.Hub.Endpoints;

namespace Roost.Hub.Tests.Mesh;

/// <summary>Seed 002's curl lines: published at one hub, found at another; and the list of hubs to begin with.</summary>
public sealed class TopicTests : IDisposable
{
    private readonly HttpClient _http = new();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task What_is_published_at_one_hub_is_found_at_all_also_when_it_has_ended()
    {
        await using var mesh = await MeshOfHubs.StartAsync(2);
        var published = await PublishAsync(mesh[0], """{"topic":"test","data":{"msg":"hello"},"extra":1}""");
        Assert.Equal((true, "test", 1, 2, mesh[0].Host.Id.ToShortString()),
            ((bool)published["success"]!, (string)published["topic"]!, (int)published["replicatedTo"]!, (int)published["totalNodes"]!, (string)published["nodeId"]!));
        await MeshOfHubs.UntilAsync(async () => (int)(await FindAsync(mesh[1], "test"))["count"]! == 1, "it is found at the other hub");
        var record = (await FindAsync(mesh[1], "test"))["records"]![0]!;
        Assert.Equal("hello", (string)record["data"]!["msg"]!);
        Assert.Equal((string)published["recordId"]!, (string)record["id"]!);
        Assert.True((bool)record["replicated"]!);
        Assert.InRange((long)record["expiresAt"]! - (long)record["timestamp"]!, 200_000, 400_000);
        await mesh[0].Host.DisposeAsync();
        Assert.Equal(1, (int)(await FindAsync(mesh[1], "test"))["count"]!);
    }

    [Fact]
    public async Task A_hub_that_joins_later_finds_it_too_and_the_last_write_wins()
    {
        await using var mesh = await MeshOfHubs.StartAsync(2);
        await PublishAsync(mesh[0], """{"topic":"a b/ü","data":[1],"ttl":60}""");
        await mesh.LaterAsync();
        await MeshOfHubs.UntilAsync(async () => (int)(await FindAsync(mesh[1], "a b/ü"))["count"]! == 1, "it is found at the other hub");
        await PublishAsync(mesh[1], """{"topic":"a b/ü","data":[2],"ttl":60}""");
        await mesh.AddAsync();
        await mesh.SettledAsync(3);
        foreach (var hub in mesh.Hubs)
        {
            await MeshOfHubs.UntilAsync(async () => (int?)(await FindAsync(hub, "a b/ü"))["records"]!.AsArray().FirstOrDefault()?["data"]![0] == 2, "the last write is found");
        }
        Assert.Equal(0, (int)(await FindAsync(mesh[2], "nothing"))["count"]!);
    }

    [Theory]
    [InlineData("""{"topic":"t"}""", HttpStatusCode.BadRequest, "topic and data required")]
    [InlineData("""{"data":1}""", HttpStatusCode.BadRequest, "topic and data required")]
    [InlineData("""{"topic":5,"data":1}""", HttpStatusCode.BadRequest, "topic and data required")]
    [InlineData("""[1]""", HttpStatusCode.BadRequest, "topic and data required")]
    [InlineData("""{"topic":"t","data":1,"topic":"u"}""", HttpStatusCode.BadRequest, "no JSON object")]
    [InlineData("""{"topic":"t","data":1,"ttl":0}""", HttpStatusCode.BadRequest, "ttl")]
    [InlineData("""{"topic":"t","data":1,"ttl":1.5}""", HttpStatusCode.BadRequest, "ttl")]
    [InlineData("""{"topic":"t","data":1,"ttl":"9"}""", HttpStatusCode.BadRequest, "ttl")]
    [InlineData("""{"topic":"t","data":""", HttpStatusCode.BadRequest, "no JSON object")]
    [InlineData("", HttpStatusCode.BadRequest, "no JSON object")]
    [InlineData("text:", HttpStatusCode.UnsupportedMediaType, "application/json")]
    [InlineData("20000", HttpStatusCode.RequestEntityTooLarge, "16384")]
    [InlineData("200000", HttpStatusCode.RequestEntityTooLarge, "16384")]
    public async Task What_cannot_be_published_is_refused_with_the_reason(string body, HttpStatusCode status, string says)
    {
        await using var hub = await TestHub.StartAsync();
        string text = int.TryParse(body, out int size) ? $$"""{"topic":"t","data":"{{new string('x', size)}}"}""" : body;
        using var content = new StringContent(text, Encoding.UTF8, body == "text:" ? "text/plain" : "application/json");
        using var response = await _http.PostAsync(new Uri($"http://127.0.0.1:{hub.Host.Port}/api/publish"), content, TestContext.Current.CancellationToken);
        Assert.Equal(status, response.StatusCode);
        Assert.Contains(says, (string)(await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!["error"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_publishes_too_fast_is_told_to_wait()
    {
        await using var hub = await TestHub.StartAsync();
        var codes = new List<HttpStatusCode>();
        for (int i = 0; i < 2_000 && (codes.Count == 0 || codes[^1] == HttpStatusCode.OK); i++)
        {
            using var content = new StringContent("""{"topic":"t","data":1}""", Encoding.UTF8, "application/json");
            using var response = await _http.PostAsync(new Uri($"http://127.0.0.1:{hub.Host.Port}/api/publish"), content, TestContext.Current.CancellationToken);
            codes.Add(response.StatusCode);
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, codes[^1]);
        Assert.True(codes.Count > 50);
        Assert.Equal(1, (int)(await FindAsync(hub, "t"))["count"]!);
    }

    [Fact]
    public async Task The_bootstrap_list_names_the_hubs_of_the_mesh_under_the_hubs_key()
    {
        await using var mesh = await MeshOfHubs.StartAsync(2, options => options.AppId = "app");
        JsonNode list = new JsonObject();
        await MeshOfHubs.UntilAsync(async () =>
        {
            list = (await _http.GetFromJsonAsync<JsonObject>(new Uri($"http://127.0.0.1:{mesh[0].Host.Port}/.well-known/pigeonhub-bootstrap"), TestContext.Current.CancellationToken))!;
            return list["seeds"]!.AsArray().Count == 2;
        }, "both are on the list");
        var seeds = list["seeds"]!.AsArray().Select(seed => (Url: (string)seed!["u"]!, Region: (string)seed["region"]!)).ToList();
        Assert.EndsWith($":{mesh[0].Host.Port}", seeds[0].Url, StringComparison.Ordinal);
        Assert.EndsWith($":{mesh[1].Host.Port}", seeds[1].Url, StringComparison.Ordinal);
        Assert.All(list["seeds"]!.AsArray(), seed => Assert.Equal("ws", (string)seed!["t"]!));
        Assert.Equal(mesh[0].Host.Key.ToString(), (string)list["hub"]!);
        var signed = BootstrapEndpoints.SignedText((string)list["app"]!, (long)list["ts"]!, seeds);
        byte[] signature = new byte[Ed25519.SignatureSize];
        Assert.True(Hex.TryRead((string)list["signature"]!, signature));
        Assert.True(Ed25519.Verify(mesh[0].Host.Key, signed, signature));
        Assert.Equal(1, await mesh[0].Host.Services.GetRequiredService<HubService>().LookAsync(core => core.Mesh!.Hubs().Count));
    }

    private async Task<JsonObject> PublishAsync(TestHub hub, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri($"http://127.0.0.1:{hub.Host.Port}/api/publish"), content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!;
    }

    private async Task<JsonObject> FindAsync(TestHub hub, string topic) =>
        (await _http.GetFromJsonAsync<JsonObject>(new Uri($"http://127.0.0.1:{hub.Host.Port}/api/find/{Uri.EscapeDataString(topic)}"), TestContext.Current.CancellationToken))!;
}
