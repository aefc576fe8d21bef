using Roost.Hub.Hosting;
using Roost.Testing;

namespace Roost.Hub.Tests;

/// <summary>A hub on a free loopback port whose log must stay clean.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    private TestHub(HubHost host, RecordingLoggers log)
    {
        Host = host;
        Log = log;
    }

    public HubHost Host { get; }

    public RecordingLoggers Log { get; }

    public static async Task<TestHub> StartAsync(Action<HubOptions>? configure = null)
    {
        var options = new HubOptions { Host = "127.0.0.1", Port = 0 };
        configure?.Invoke(options);
        var log = new RecordingLoggers();
        return new(await HubHost.StartAsync(options, log), log);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Log.Dispose();
    }
}
