using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Roost.Load;

/// <summary>A server under load, in a process of its own, and what the kernel says it has used.</summary>
internal sealed class Server : IDisposable
{
    private const double TicksPerSecond = 100; // USER_HZ on every Linux that runs this.
    private readonly Process _process;

    private Server(string name, Process process, int port) => (Name, _process, Port) = (name, process, port);

    public string Name { get; }

    public int Port { get; }

    public double CpuSeconds
    {
        get
        {
            string stat = File.ReadAllText($"/proc/{_process.Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
    }

    public long ResidentBytes =>
        long.Parse(File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

    public static Task<Server> HubAsync(string root, string name, string? executable) => StartAsync(name, port => (
        executable is not null ? executable : File.Exists($"{root}/artifacts/roost/roost") ? $"{root}/artifacts/roost/roost" : $"{root}/artifacts/bin/Roost.Cli/release/roost",
        ["hub", "--host", "127.0.0.1", "--port", $"{port}", "--quiet", "--log-level", "error"]));

    public static Task<Server> PeerAsync(string root) => StartAsync("npm peer", port => (
        "node",
        [$"{root}/bench/load/node_modules/peer/dist/bin/peerjs.js", "--host", "127.0.0.1", "--port", $"{port}", "--concurrent_limit", "20000", "--alive_timeout", "600000"]));

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static async Task<Server> StartAsync(string name, Func<int, (string File, string[] Arguments)> command)
    {
        int port = FreePort();
        var (file, arguments) = command(port);
        var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{file} did not start");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (int i = 0; i < 200; i++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return new(name, process, port);
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }
        process.Kill();
        throw new InvalidOperationException($"{name} does not listen");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
