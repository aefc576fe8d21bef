using System.CommandLine;
using System.Globalization;
using Roost.Cli.Terminal;
using Roost.Worlds;

namespace Roost.Cli.Features;

/// <summary><c>roost simulate</c>: a mesh of shipped cores in virtual time, and what came of it as one HTML page.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        var hubs = new Option<int>("--hubs") { Description = "Hubs", DefaultValueFactory = _ => 30, HelpName = "N" };
        var peers = new Option<int>("--peers") { Description = "Peers", DefaultValueFactory = _ => 300, HelpName = "M" };
        var kill = new Option<string?>("--kill") { Description = "Share of the hubs killed, and when: 0.5@180 is half of them after 180 s; 0.5@180s without a reset", HelpName = "SHARE@SECONDS" };
        var loss = new Option<double>("--loss") { Description = "Share of packets lost between hubs; streams stall as TCP does", HelpName = "SHARE" };
        var liars = new Option<double>("--liars") { Description = "Share of hubs that lie in look-ups and drop signals; those between peers of the others are counted", HelpName = "SHARE" };
        var seed = new Option<int>("--seed") { Description = "The same seed gives the same run", DefaultValueFactory = _ => 1, HelpName = "S" };
        var minutes = new Option<double>("--minutes") { Description = "Virtual time", DefaultValueFactory = _ => 10, HelpName = "N" };
        var report = new Option<FileInfo?>("--report") { Description = "Write charts to this HTML file", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Looks as JSON lines on stdout" };
        var command = new Command("simulate", """
            Run a mesh of hubs in virtual time, with the code and the bytes that real hubs use, and see how it bears up.

            Examples:
              roost simulate --hubs 30 --peers 300 --kill 0.5@180 --report mesh.html
              roost simulate --hubs 8 --peers 80 --loss 0.3 --minutes 60
            """) { hubs, peers, kill, loss, liars, seed, minutes, report, json };
        command.SetAction((parsed, cancellation) =>
        {
            var screen = new Screen(quiet: false);
            var lines = new JsonLines(parsed.GetValue(json));
            return Running.GuardAsync(screen, lines, () => Task.FromResult(Run(
                screen,
                lines,
                ScenarioOf(parsed.GetValue(hubs), parsed.GetValue(peers), parsed.GetValue(kill), parsed.GetValue(loss), parsed.GetValue(liars), parsed.GetValue(seed), parsed.GetValue(minutes)),
                parsed.GetValue(report),
                cancellation)));
        });
        return command;
    }

    private static int Run(Screen screen, JsonLines json, Scenario scenario, FileInfo? report, CancellationToken cancellation)
    {
        var started = System.Diagnostics.Stopwatch.StartNew();
        using var chart = report?.CreateText(); // Before the minutes that would be lost if it cannot be made.
        var looks = new List<Look>();
        World? world = null;
        foreach (var look in Scenarios.Run(scenario, made => world = made))
        {
            looks.Add(look);
            screen.Say(string.Create(CultureInfo.InvariantCulture,
                $"  {look.At:hh\\:mm\\:ss}  {look.Running,5} hubs  views {look.RightViews:P0}  signals {look.Reached:P1} in {look.Median.TotalMilliseconds:0} ms  {look.BytesPerHubMinute / 1000:0.0} kB/hub/min"));
            json.Write("look", ("second", look.At.TotalSeconds), ("hubs", look.Running), ("rightViews", look.RightViews), ("reached", look.Reached), ("medianMs", look.Median.TotalMilliseconds), ("bytesPerHubMinute", look.BytesPerHubMinute));
            if (cancellation.IsCancellationRequested)
            {
                return ExitCode.Interrupted;
            }
        }
        screen.Good(string.Create(CultureInfo.InvariantCulture, $"{scenario.Length.TotalMinutes:0.#} virtual minutes in {started.Elapsed.TotalSeconds:0.0} s, {world!.Steps:N0} events"));
        foreach (var (kind, (frames, bytes)) in world.Traffic.OrderByDescending(kind => kind.Value.Bytes).Take(8))
        {
            screen.Say(string.Create(CultureInfo.InvariantCulture, $"    {kind,-10} {frames,12:N0} frames {bytes / 1000,12:N0} kB"));
        }
        if (chart is not null)
        {
            chart.Write(SimulationReport.Write(scenario, looks, world.Steps));
            screen.Say($"    charts in {report!.FullName}");
        }
        return ExitCode.Done;
    }

    private static Scenario ScenarioOf(int hubs, int peers, string? kill, double loss, double liars, int seed, double minutes)
    {
        if (hubs is < 1 or > 10_000 || peers is < 0 or > 1_000_000 || loss is not (>= 0 and <= 0.9) || liars is not (>= 0 and <= 0.9) || minutes is not (> 0 and <= 100_000))
        {
            throw new ArgumentException("ROOST-2000 a number is out of range; hubs 1 to 10000, peers up to 1000000, loss and liars 0 to 0.9, minutes up to 100000");
        }
        var scenario = new Scenario { World = new() { Hubs = hubs, Peers = peers, Loss = loss, Liars = liars, Seed = seed }, Length = TimeSpan.FromMinutes(minutes) };
        if (kill is null)
        {
            return scenario;
        }
        var parts = kill.Split('@');
        string at = parts.Length > 1 ? parts[1].TrimEnd('s') : "180";
        if (parts.Length > 2 || !double.TryParse(parts[0], CultureInfo.InvariantCulture, out double share) || share is not (>= 0 and < 1) || !double.TryParse(at, CultureInfo.InvariantCulture, out double seconds) || seconds is not >= 0)
        {
            throw new ArgumentException($"ROOST-2000 \"{kill}\" is not SHARE@SECONDS; for example 0.5@180");
        }
        return seconds < minutes * 60
            ? scenario with { Kill = share, KillAt = TimeSpan.FromSeconds(seconds), Silently = kill.EndsWith('s') }
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"ROOST-2000 the run ends before anything is killed at {seconds:0} s; give it more --minutes, or kill earlier"));
    }
}
