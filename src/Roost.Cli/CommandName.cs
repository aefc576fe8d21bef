namespace Roost.Cli;

/// <summary>How this program was called, for commands that are printed to be run: <c>./roost</c> in a clone, <c>roost</c> where it is on the path.</summary>
internal static class CommandName
{
    /// <summary>What <c>./roost</c> says that it was called by (ROOST_SELF).</summary>
    public static string Text { get; } = Environment.GetEnvironmentVariable("ROOST_SELF") is { Length: > 0 } name && !name.Any(char.IsControl) ? name : "roost";
}
