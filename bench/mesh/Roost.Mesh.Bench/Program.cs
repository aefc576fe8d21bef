// The mesh in numbers (docs/mesh.md, "Numbers"); one verb each:
//   Roost.Mesh.Bench link | announce | cross | failover [CLIENTS] | cost [FILE.svg]
using System.Globalization;
using Roost.Mesh.Bench;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["link"]:
        await LinkBench.RunAsync();
        break;
    case ["announce"]:
        await AnnounceBench.RunAsync(50_000);
        break;
    case ["cross"]:
        await CrossBench.RunAsync();
        break;
    case ["failover", .. var rest]:
        await FailoverBench.RunAsync(rest is [var clients] ? int.Parse(clients, CultureInfo.InvariantCulture) : 200);
        break;
    case ["cost", .. var rest]:
        CostBench.Run(rest is [var file] ? file : null);
        break;
    default:
        Console.Error.WriteLine("Roost.Mesh.Bench link | announce | cross | failover [CLIENTS] | cost [FILE.svg]");
        return 2;
}
return 0;
