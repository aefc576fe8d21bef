// Server CPU per relayed message and memory per idle connection, Roost beside npm's peer in one run.
//   Roost.Load [--connections 5000] [--rate 6000] [--seconds 10] [--payload 1500] [--rounds 2] [--only pigeon] [--hub EXECUTABLE]
using System.Diagnostics;
using System.Globalization;
using Roost.Load;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int connections = Argument("--connections", 5_000), rate = Argument("--rate", 6_000), seconds = Argument("--seconds", 10), payload = Argument("--payload", 1_500), rounds = Argument("--rounds", 2);
string root = FindRoot();
Console.WriteLine($"{connections} connections, {payload} B signals, {rate}/s between random pairs, {rounds} x {seconds} s; {Environment.ProcessorCount} cores shared with the load generator");
Console.WriteLine($"{"",-20} {"CPU us/message",15} {"delivered",10} {"of sent",8} {"kB/idle connection",19} {"RSS MB",7}");
var results = new List<(string Name, double Micros)>();
string? hub = Array.IndexOf(args, "--hub") is var other and >= 0 ? args[other + 1] : null; // To compare two builds.
string only = Array.IndexOf(args, "--only") is var named and >= 0 ? args[named + 1] : "";
foreach (var protocol in ((Protocol[])[new PeerJs(), new Pigeon(), new Own()]).Where(protocol => protocol.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
{
    using var server = protocol is PeerJs ? await Server.PeerAsync(root) : await Server.HubAsync(root, protocol.Name, hub);
    results.Add((protocol.Name, await MeasureAsync(protocol, server)));
}
foreach (var (name, micros) in results.Skip(1))
{
    Console.WriteLine($"{name}: {micros / results[0].Micros:0.00} of npm peer's CPU per message");
}

async Task<double> MeasureAsync(Protocol protocol, Server server)
{
    long delivered = 0;
    var clients = new Client[connections];
    long atFirst = 0;
    int first = Math.Min(1_000, connections / 2);
    for (int i = 0; i < connections; i += 50)
    {
        if (i == first)
        {
            await Task.Delay(3_000);
            atFirst = server.ResidentBytes;
        }
        await Task.WhenAll(Enumerable.Range(i, Math.Min(50, connections - i)).Select(n =>
        {
            clients[n] = new Client(_ => Interlocked.Increment(ref delivered));
            return protocol.EnterAsync(clients[n], server.Port, n);
        }));
    }
    await Task.Delay(3_000);
    double idle = (server.ResidentBytes - atFirst) / (double)(connections - first) / 1024;

    var frames = Enumerable.Range(0, connections).Select(n => protocol.FrameTo(n, payload)).ToArray();
    var random = new Random(1);
    long sent = await LoadAsync(clients, frames, random, 2); // Lets both runtimes compile what they use.
    await ArrivedAsync();
    (sent, delivered) = (0, 0);
    double cpu = server.CpuSeconds;
    for (int round = 0; round < rounds; round++)
    {
        sent += await LoadAsync(clients, frames, random, seconds);
    }
    await ArrivedAsync();
    double micros = (server.CpuSeconds - cpu) * 1e6 / Math.Max(1, delivered);
    Console.WriteLine($"{protocol.Name,-20} {micros,15:0.0} {delivered,10} {100.0 * delivered / sent,7:0.0}% {idle,19:0.0} {server.ResidentBytes / 1048576.0,7:0}");
    foreach (var client in clients)
    {
        client.Dispose();
    }
    return micros;

    async Task ArrivedAsync()
    {
        for (int i = 0; i < 100 && Interlocked.Read(ref delivered) < sent; i++)
        {
            await Task.Delay(50);
        }
    }
}

async Task<long> LoadAsync(Client[] clients, byte[][] frames, Random random, int forSeconds)
{
    long sent = 0;
    var clock = Stopwatch.StartNew();
    while (clock.Elapsed.TotalSeconds < forSeconds)
    {
        for (long due = (long)(clock.Elapsed.TotalSeconds * rate); sent < due; sent++)
        {
            var send = clients[random.Next(clients.Length)].SendAsync(frames[random.Next(frames.Length)]);
            if (!send.IsCompletedSuccessfully)
            {
                await send;
            }
        }
        await Task.Delay(1);
    }
    return sent;
}

int Argument(string name, int otherwise) => Array.IndexOf(args, name) is var at and >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;

static string FindRoot()
{
    string? at = AppContext.BaseDirectory;
    while (at is not null && !File.Exists($"{at}/Roost.slnx"))
    {
        at = Path.GetDirectoryName(at);
    }
    return at ?? throw new InvalidOperationException("run it from within the repository");
}
