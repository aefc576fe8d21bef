namespace Roost.Cli.Terminal;

/// <summary>
/// Covers the secrets of links in this process's command line, which everybody on the machine may read (<c>ps</c>, <c>/proc</c>): what stands behind
/// the '#'. Linux only; until it has run, and in the shell's history, they stand open, so <c>-</c> reads the link from standard input instead.
/// </summary>
internal static class LinkCover
{
    // Fields of /proc/self/stat that say where the arguments lie in memory (proc(5): 48 and 49, counted from 1).
    private const int ArgumentsStart = 48;
    private const int ArgumentsEnd = 49;
    private const int MostBytes = 1 << 20;

    /// <summary>Writes x over each secret, where the system lets it; never fails.</summary>
    public static void Hide()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }
        try
        {
            byte[] shown = File.ReadAllBytes("/proc/self/cmdline");
            if (Secrets(shown).Any() && Memory() is var (start, length) && length == shown.Length)
            {
                Cover(start, shown);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No /proc, or one that keeps this from us: the arguments stay as they are.
        }
    }

    /// <summary>Where secrets stand among arguments that end with a zero byte each: behind the '#' of what looks like a link.</summary>
    internal static IEnumerable<Range> Secrets(byte[] arguments)
    {
        for (int start = 0; start < arguments.Length;)
        {
            int length = Array.IndexOf(arguments, (byte)0, start) is >= 0 and var zero ? zero - start : arguments.Length - start;
            var word = arguments.AsSpan(start, length);
            int mark = word.IndexOf((byte)'#');
            if (mark >= 0 && word[..mark].IndexOf("://"u8) >= 0)
            {
                yield return (start + mark + 1)..(start + length);
            }
            start += length + 1;
        }
    }

    private static (nint Start, long Length)? Memory()
    {
        // The second field is the program's name in brackets, which may hold spaces.
        string stat = File.ReadAllText("/proc/self/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.TryParse(fields[ArgumentsStart - 3], out long start) && long.TryParse(fields[ArgumentsEnd - 3], out long end) && start > 0 && end - start is > 0 and < MostBytes
            ? ((nint)start, end - start)
            : null;
    }

    private static unsafe void Cover(nint start, byte[] shown)
    {
        // Only where the memory holds what /proc shows; anything else is not ours to write.
        var memory = new Span<byte>((void*)start, shown.Length);
        if (!memory.SequenceEqual(shown))
        {
            return;
        }
        foreach (var secret in Secrets(shown))
        {
            memory[secret].Fill((byte)'x');
        }
    }
}
