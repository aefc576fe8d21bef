using System.Globalization;
using System.Text;
using Roost.Worlds;

namespace Roost.Cli.Features;

/// <summary>A simulation as one HTML page that needs nothing else: charts are SVG.</summary>
internal static class SimulationReport
{
    private const int Width = 760, Height = 200, Left = 60, Bottom = 24;

    public static string Write(Scenario scenario, IReadOnlyList<Look> looks, long events)
    {
        var page = new StringBuilder();
        var world = scenario.World;
        page.Append(CultureInfo.InvariantCulture, $$"""
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Roost: {{world.Hubs}} hubs, {{world.Peers}} peers</title>
            <style>body{font:15px system-ui;max-width:800px;margin:2em auto;padding:0 1em}svg{width:100%;height:auto}text{font:11px system-ui;fill:#555}
            .line{fill:none;stroke:#0a6;stroke-width:2}.axis{stroke:#bbb}.kill{stroke:#c33;stroke-dasharray:4 3}</style>
            <h1>{{world.Hubs}} hubs, {{world.Peers}} peers</h1>
            <p>Seed {{world.Seed}}, loss {{world.Loss:P0}}, {{scenario.Length.TotalMinutes:0.#}} virtual minutes, {{events:N0}} events{{(scenario.Kill > 0 ? $"; {scenario.Kill:P0} of the hubs killed at {scenario.KillAt.TotalSeconds:0} s" : "")}}.
            The hubs run the shipped code; frames are the shipped bytes.</p>
            """);
        Chart(page, "Signals that arrived within five seconds, %", looks, look => look.Reached * 100, scenario, 100);
        Chart(page, "Hubs whose view of all hubs is right, %", looks, look => look.RightViews * 100, scenario, 100);
        Chart(page, "Median time of a signal, ms", looks, look => look.Median.TotalMilliseconds, scenario, null);
        Chart(page, "Payload sent, kB per hub and minute", looks, look => look.BytesPerHubMinute / 1000, scenario, null);
        Chart(page, "Hubs that run", looks, look => look.Running, scenario, null);
        return page.Append("</html>\n").ToString();
    }

    private static void Chart(StringBuilder page, string title, IReadOnlyList<Look> looks, Func<Look, double> value, Scenario scenario, double? top)
    {
        double most = top ?? Math.Max(1, looks.Count == 0 ? 1 : looks.Max(value) * 1.1);
        double end = scenario.Length.TotalSeconds;
        page.Append(CultureInfo.InvariantCulture, $"<h2>{title}</h2><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{title}\">");
        for (int i = 0; i <= 4; i++)
        {
            double y = Y(most * i / 4, most);
            page.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/><text x=\"4\" y=\"{y + 4:0.#}\">{most * i / 4:0.##}</text>");
            double x = X(end * i / 4, end);
            page.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{Height - 6}\" text-anchor=\"middle\">{end * i / 4:0} s</text>");
        }
        if (scenario.Kill > 0)
        {
            double x = X(scenario.KillAt.TotalSeconds, end);
            page.Append(CultureInfo.InvariantCulture, $"<line class=\"kill\" x1=\"{x:0.#}\" x2=\"{x:0.#}\" y1=\"8\" y2=\"{Height - Bottom}\"/>");
        }
        page.Append("<polyline class=\"line\" points=\"");
        foreach (var look in looks)
        {
            page.Append(CultureInfo.InvariantCulture, $"{X(look.At.TotalSeconds, end):0.#},{Y(value(look), most):0.#} ");
        }
        page.Append("\"/></svg>");
    }

    private static double X(double seconds, double end) => Left + (Width - Left - 20) * seconds / end;

    private static double Y(double value, double most) => Height - Bottom - (Height - Bottom - 8) * Math.Min(value, most) / most;
}
