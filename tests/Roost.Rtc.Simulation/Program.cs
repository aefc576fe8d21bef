// usage: simulation [FIRST [COUNT]]      seeds FIRST .. FIRST+COUNT−1, default 0 and 2000; the kept seeds run first
//        simulation congestion           throughput over lines with delay, loss and bottlenecks
//        simulation load [FIRST [COUNT]] throughput where the peers' machine is busy with other things
// Prints each failing seed with its reason; keep it in seeds.txt. Exits 1 when one failed.
using System.Diagnostics;
using Roost.Rtc.Simulation;

if (args is ["congestion", ..])
{
    CongestionTable.Print();
    return 0;
}
if (args is ["load", ..])
{
    LoadTable.Print(args.Length > 1 ? int.Parse(args[1]) : 1, args.Length > 2 ? int.Parse(args[2]) : 10);
    return 0;
}
var first = args.Length > 0 ? int.Parse(args[0]) : 0;
var count = args.Length > 1 ? int.Parse(args[1]) : 2000;
var kept = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "seeds.txt")).Where(l => l.Length > 0 && l[0] != '#').Select(l => int.Parse(l.Split(' ')[0]));
var started = Stopwatch.StartNew();
int passed = 0, failed = 0, noPath = 0;
foreach (var seed in kept.Concat(Enumerable.Range(first, count)))
{
    try
    {
        var said = Scenario.Run(seed);
        noPath += said.StartsWith("no path", StringComparison.Ordinal) ? 1 : 0;
        passed++;
        if (count == 1)
        {
            Console.WriteLine(said);
        }
    }
    catch (Exception e) when (e is not OutOfMemoryException)
    {
        failed++;
        Console.WriteLine($"seed {seed}: {e.GetType().Name}: {e.Message}");
        if (count == 1)
        {
            Console.WriteLine(e.StackTrace);
        }
    }
}
Console.WriteLine($"{noPath} of them between NATs that allow no direct path; {started.Elapsed.TotalSeconds:F0} s");
Console.WriteLine($"{passed} passed, {failed} failed");
return failed == 0 ? 0 : 1;
