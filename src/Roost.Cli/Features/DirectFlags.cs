using System.CommandLine;

namespace Roost.Cli.Features;

/// <summary>The flags about direct links that hosts of sessions share.</summary>
internal sealed class DirectFlags
{
    private const int Default = 32, Most = 1000;

    /// <summary>Makes the flags; a number out of range is a usage error.</summary>
    public DirectFlags() => Max.Within(0, Most, $"0 to {Most}");

    /// <summary><c>--max-direct</c>.</summary>
    public Option<int> Max { get; } = new("--max-direct") { Description = "Viewers that are linked with directly (WebRTC) at once; the others read over the hub", DefaultValueFactory = _ => Default, HelpName = "N" };

    /// <summary><c>--no-direct</c>.</summary>
    public Option<bool> None { get; } = new("--no-direct") { Description = "Over the hub only: viewers don't learn this machine's address" };

    /// <summary>What both said.</summary>
    public int Read(ParseResult parsed) => parsed.GetValue(None) ? 0 : parsed.GetValue(Max);
}
