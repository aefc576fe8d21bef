namespace Roost.Peer.Storage;

/// <summary>Where Roost keeps what must survive: <c>$XDG_STATE_HOME/roost</c>, else <c>~/.local/state/roost</c>.</summary>
public static class StateFolder
{
    /// <summary>The folder of a kind, created with mode 0700.</summary>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public static string Of(params string[] parts)
    {
        string path = Path.Combine([Root, .. parts]);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        return path;
    }

    private static string Root => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } state
            ? state
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state"),
        "roost");
}
