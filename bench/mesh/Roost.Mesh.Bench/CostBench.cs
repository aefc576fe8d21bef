using System.Globalization;
using System.Text;
using Roost.Worlds;

namespace Roost.Mesh.Bench;

/// <summary>What a peer's coming costs a mesh, by the number of its hubs: PUT frames, in simulation.</summary>
internal static class CostBench
{
    private const int Peers = 1_000;
    private static readonly int[] Sizes = [3, 5, 8, 12, 20, 30, 50, 100, 200, 300, 500, 1_000];

    public static void Run(string? file)
    {
        var costs = Sizes.Select(hubs => (hubs, Measure(hubs))).ToList();
        if (file is not null)
        {
            File.WriteAllText(file, Draw(costs));
        }
    }

    private static double Measure(int hubs)
    {
        var world = new World(new() { Seed = 1, Hubs = hubs, Peers = Peers });
        world.RunFor(TimeSpan.FromSeconds(60));
        long before = Puts(world);
        world.EnterAll(TimeSpan.FromSeconds(2));
        world.RunFor(TimeSpan.FromSeconds(6));
        double each = (double)(Puts(world) - before) / Peers;
        Console.WriteLine($"{hubs,5} hubs: {each:0.00} messages an announce; views right {world.RightViews()} of {hubs}");
        return each;
    }

    private static long Puts(World world) => world.Traffic.TryGetValue("Put", out var puts) ? puts.Frames : 0;

    private static string Draw(List<(int Hubs, double Each)> costs)
    {
        const int width = 640, height = 300, left = 50, bottom = 40, top = 30;
        double most = Math.Ceiling(costs.Max(cost => cost.Each) + 1);
        double X(double hubs) => left + (width - left - 20) * (Math.Log10(hubs) - Math.Log10(Sizes[0])) / (Math.Log10(Sizes[^1]) - Math.Log10(Sizes[0]));
        double Y(double each) => height - bottom - (height - bottom - top) * each / most;
        var svg = new StringBuilder();
        void Add(FormattableString line) => svg.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" role="img" aria-label="Messages an announce, by number of hubs">""");
        Add($"""<rect width="{width}" height="{height}" fill="#fff"/>""");
        Add($"""<text x="{left}" y="18">messages an announce (1,000 peers), by number of hubs</text>""");
        for (int each = 0; each <= most; each++)
        {
            Add($"""<line x1="{left}" y1="{Y(each):0.0}" x2="{width - 20}" y2="{Y(each):0.0}" stroke="#ddd"/><text x="{left - 8}" y="{Y(each) + 4:0.0}" text-anchor="end">{each}</text>""");
        }
        foreach (var (hubs, _) in costs)
        {
            Add($"""<text x="{X(hubs):0.0}" y="{height - bottom + 18}" text-anchor="middle">{hubs}</text>""");
        }
        Add($"""<polyline fill="none" stroke="#0a6" stroke-width="2" points="{string.Join(' ', costs.Select(cost => string.Create(CultureInfo.InvariantCulture, $"{X(cost.Hubs):0.0},{Y(cost.Each):0.0}")))}"/>""");
        foreach (var (hubs, each) in costs)
        {
            Add($"""<circle cx="{X(hubs):0.0}" cy="{Y(each):0.0}" r="3" fill="#0a6"/>""");
        }
        Add($"""</svg>""");
        return svg.ToString();
    }
}
