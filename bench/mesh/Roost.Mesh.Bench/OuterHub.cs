using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Roost.Mesh.Bench;

/// <summary>A hub in a process of its own, and what the kernel says it has used.</summary>
internal sealed class OuterHub : IDisposable
{
    private const double TicksPerSecond = 100; // USER_HZ on every Linux that runs this.
    private readonly Process _process;

    private OuterHub(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public string Origin => $"http://127.0.0.1:{Port}";

    public double CpuSeconds
    {
        get
        {
            string stat = File.ReadAllText($"/proc/{_process.Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
    }

    public static async Task<OuterHub[]> StartAsync(int count)
    {
        var hubs = new OuterHub[count];
        for (int i = 0; i < count; i++)
        {
            string[] mesh = i == 0 ? [] : ["--mesh", $"ws://127.0.0.1:{hubs[0].Port}"];
            var start = new ProcessStartInfo(Find(), ["hub", "--host", "127.0.0.1", "--port", "0", "--json", "--quiet", "--log-level", "error", .. mesh]) { RedirectStandardOutput = true };
            var process = Process.Start(start) ?? throw new InvalidOperationException("the hub did not start");
            var ready = JsonNode.Parse(await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the hub ended"))!;
            hubs[i] = new(process, (int)ready["port"]!);
        }
        using var http = new HttpClient();
        foreach (var hub in hubs)
        {
            while ((int)JsonNode.Parse(await http.GetStringAsync($"{hub.Origin}/hubs"))!["totalHubs"]! < count - 1)
            {
                await Task.Delay(20);
            }
        }
        return hubs;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string Find()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Roost.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("run this from the repository");
        }
        string[] built = ["artifacts/roost/roost", "artifacts/bin/Roost.Cli/release/roost"];
        return built.Select(path => Path.Combine(folder, path)).First(File.Exists);
    }
}
