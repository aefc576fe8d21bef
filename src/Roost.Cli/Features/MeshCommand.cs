using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Roost.Cli.Terminal;
using Roost.Hub.Hosting;
using Roost.Peer.Storage;

namespace Roost.Cli.Features;

/// <summary><c>roost mesh</c>: look at and steer the mesh of a hub on this machine, through its control socket.</summary>
internal static class MeshCommand
{
    private static readonly TimeSpan MoveWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        var data = new Option<DirectoryInfo?>("--data") { Description = "The hub's data directory; that of roost up if none is named", HelpName = "DIR", Recursive = true };
        var json = new Option<bool>("--json") { Description = "The hub's answer as it is, on stdout", Recursive = true };
        var mesh = new Command("mesh", """
            Look at the mesh of hubs as a hub on this machine sees it, or take that hub out of it.

            Examples:
              roost mesh ls --data /var/lib/roost
              roost mesh graph --data /var/lib/roost | dot -Tsvg >mesh.svg
            """) { data, json };
        Add("ls", "List the hubs that are known", "mesh", List);
        Add("graph", "Links of this hub in Graphviz's language", "mesh", Graph);
        Add("ping", "Round trips of this hub's links, taken anew", "mesh ping", Ping);
        Add("drain", "Take this hub out: others take over what it keeps for the mesh, and its own clients move to them; then it can be stopped", "mesh drain", Drained, MovedAsync);
        Add("undrain", "Put this hub back in", "mesh undrain", static _ => ["back in the mesh"]);
        return mesh;

        void Add(string name, string description, string line, Func<JsonNode, IEnumerable<string>> show, Func<string, CancellationToken, Task<JsonNode>>? then = null)
        {
            var command = new Command(name, description);
            command.SetAction((parsed, cancellation) => Running.GuardAsync(new Screen(quiet: false), new JsonLines(false), async () =>
            {
                string directory = parsed.GetValue(data)?.FullName ?? StateFolder.Of("hub");
                var answer = await AskAsync(directory, line, cancellation);
                answer = then is null ? answer : await then(directory, cancellation);
                foreach (string text in parsed.GetValue(json) ? [answer.ToJsonString()] : show(answer))
                {
                    Console.Out.WriteLine(text);
                }
                return ExitCode.Done;
            }));
            mesh.Subcommands.Add(command);
        }
    }

    /// <summary>Waits until own clients are elsewhere. Those that know no other hub, and unmodified clients, stay until the hub ends.</summary>
    private static async Task<JsonNode> MovedAsync(string directory, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(MoveWithin);
        while (true)
        {
            var seen = await AskAsync(directory, "mesh", cancellation);
            bool elsewhere = seen["hubs"]!.AsArray().Any(hub => (string?)hub!["state"] == "alive");
            if ((int)seen["own"]! == 0 || !elsewhere || patience.IsCancellationRequested)
            {
                return seen;
            }
            await Task.Delay(LookAgainAfter, cancellation);
        }
    }

    private static IEnumerable<string> Drained(JsonNode answer)
    {
        int own = (int)answer["own"]!, guests = (int)answer["guests"]!;
        yield return own == 0
            ? $"drained; it can be stopped{(guests > 0 ? $" ({Count(guests, "unmodified client")} until then)" : "")}"
            : $"{Count(own, "own client")} here still: no other hub is known to them, or to this one";

        static string Count(int number, string noun) => string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? " stays" : "s stay")}");
    }

    private static async Task<JsonNode> AskAsync(string directory, string line, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        string path = ControlSocket.PathIn(directory);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            string first = Path.Combine(directory, "1"); // As roost hub --mesh-demo names them.
            string hint = File.Exists(ControlSocket.PathIn(first)) ? $"there are several hubs below; name one, as --data {first}" : "start one with: roost hub --data DIR, and name the same DIR here";
            throw new ProblemException(new Problem("ROOST-2300", $"no hub answers at {path}", hint, ExitCode.NoHub), e);
        }
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellation);
        using var reader = new StreamReader(stream);
        var answer = JsonNode.Parse(await reader.ReadLineAsync(cancellation) ?? "{}")!;
        return answer["error"] is { } error
            ? throw new ProblemException(new Problem("ROOST-2301", error.GetValue<string>(), "see roost mesh --help", ExitCode.NotAllowed))
            : answer;
    }

    private static IEnumerable<string> List(JsonNode answer)
    {
        yield return $"{answer["hub"]}  this hub  {answer["mode"]}, {Clients(answer)} here, {answer["leases"]} leases of others{((bool)answer["draining"]! ? ", draining" : "")}";
        foreach (var hub in answer["hubs"]!.AsArray())
        {
            yield return $"{hub!["hub"]}  {hub["state"],-9} {((bool)hub["neighbour"]! ? "neighbour" : (bool)hub["carried"]! ? "carried" : (bool)hub["linked"]! ? "linked" : "-"),-9} {hub["urls"]!.AsArray().FirstOrDefault()}";
        }
    }

    // The hub's own keeper is a peer for the mesh, not for whoever looks.
    private static string Clients(JsonNode answer) => (int)answer["own"]! + (int)answer["guests"]! is var count && count == 1 ? "1 client" : $"{count} clients";

    private static IEnumerable<string> Graph(JsonNode answer)
    {
        yield return "graph mesh {";
        foreach (var hub in answer["hubs"]!.AsArray().Where(hub => (bool)hub!["linked"]!))
        {
            yield return $"  \"{answer["hub"]}\" -- \"{hub!["hub"]}\";";
        }
        yield return "}";
    }

    private static IEnumerable<string> Ping(JsonNode answer) =>
        answer["hubs"]!.AsArray().Where(hub => (bool)hub!["linked"]!)
            .Select(hub => $"{hub!["hub"]}  {((double)hub["roundTripMs"]! is > 0 and var ms ? string.Create(CultureInfo.InvariantCulture, $"{ms:0.00} ms") : "no answer yet")}");
}
