using Roost.Cli.Terminal;

namespace Roost.Cli.Features;

/// <summary>What <c>roost stream</c> says to the person at the terminal.</summary>
internal sealed class StreamWords(Screen screen, StreamOptions options)
{
    /// <summary>The QR code, the link, and what is promised.</summary>
    public void Welcome(string link, bool isPrivate)
    {
        screen.Say($"  {Screen.Bold(RoostVersion.Text)} · streaming");
        screen.SayLink(link, DrawsCode);
        Run($"{CommandName.Text} watch '{link}'");
        screen.Say(Screen.Dim($"  Sealed; viewers only read, from the start. {Reach("This link", isPrivate)}^C stops."));
        SayToType();
    }

    /// <summary>The same for a stream that viewers write into.</summary>
    public void WelcomeWriters(string link, string readOnly, bool isPrivate)
    {
        screen.Say($"  {Screen.Bold(RoostVersion.Text)} · streaming into a document");
        screen.SayLink(link, DrawsCode);
        Run($"{CommandName.Text} doc open NAME '{link}'");
        screen.Say("Only to read", readOnly, readOnly.Length);
        screen.Say(Screen.Dim($"  Sealed; whoever has the link writes along. {Reach("It", isPrivate)}^C stops."));
        SayToType();
    }

    /// <summary>What is shared goes on without stdout; the exit code tells scripts.</summary>
    public static Problem StdoutFailed(string why) =>
        new("ROOST-2404", $"stdout cannot be written: {why}", "the text goes on being shared, but what stdout led to lacks the rest; make room and start again", ExitCode.Resource);

    /// <summary>A time as people say it.</summary>
    public static string Time(TimeSpan time) =>
        time.TotalDays >= 2 ? $"{time.TotalDays:0.#} days" : time.TotalHours >= 2 ? $"{time.TotalHours:0.#} hours" : time.TotalMinutes >= 2 ? $"{time.TotalMinutes:0.#} minutes" : $"{time.TotalSeconds:0} seconds";

    /// <summary>A size as people say it.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => $"{bytes / 1024.0:0.0} kB",
        < 1024L * 1024 * 1024 => $"{bytes / (1024.0 * 1024):0.0} MB",
        _ => $"{bytes / (1024.0 * 1024 * 1024):0.0} GB",
    };

    private string Reach(string what, bool isPrivate) =>
        !isPrivate ? "" : $"{what} works on this {(options.Host is "localhost" || (System.Net.IPAddress.TryParse(options.Host, out var address) && System.Net.IPAddress.IsLoopback(address)) ? "machine" : "network")} only. ";

    private void Run(string command) => screen.Say("or run", command, command.Length);

    private bool DrawsCode => options.Qr == "on" || (options.Qr == "auto" && Screen.IsTerminal);

    private void SayToType()
    {
        if (options.Command.Length == 0 && !Console.IsInputRedirected)
        {
            screen.Say(Screen.Dim("  Type what you want to share; ^D ends."));
        }
    }
}
