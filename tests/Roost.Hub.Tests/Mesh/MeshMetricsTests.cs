namespace Roost.Hub.Tests.Mesh;

/// <summary>What a monitoring system reads of a mesh.</summary>
public class MeshMetricsTests
{
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task Each_hub_tells_of_its_own_part_alone_and_of_nothing_twice()
    {
        await using var mesh = await MeshOfHubs.StartAsync(3); // In one process, as with --mesh-demo.
        foreach (var hub in mesh.Hubs)
        {
            await SaysAsync(hub, "roost_mesh_links{way=\"direct\"} 2");
            string[] lines = await ReadAsync(hub);
            Assert.Contains("roost_mesh_hubs{state=\"alive\"} 2", lines);
            Assert.Contains("roost_mesh_hubs{state=\"dead\"} 0", lines);
            Assert.Contains("roost_mesh_links{way=\"carried\"} 0", lines);
            Assert.DoesNotContain("roost_mesh_bytes_total{way=\"out\"} 0", lines);
            var series = lines.Where(line => !line.StartsWith('#')).Select(line => line.Split(' ')[0]).ToList();
            Assert.Equal(series.Distinct(), series);
        }
        await mesh.KillAsync(2);
        await SaysAsync(mesh[0], "roost_mesh_hubs{state=\"dead\"} 1");
    }

    private static Task SaysAsync(TestHub hub, string line) => MeshOfHubs.UntilAsync(async () => (await ReadAsync(hub)).Contains(line), line, seconds: 30);

    private static async Task<string[]> ReadAsync(TestHub hub) =>
        (await Http.GetStringAsync(new Uri($"http://127.0.0.1:{hub.Host.Port}/metrics"), TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
