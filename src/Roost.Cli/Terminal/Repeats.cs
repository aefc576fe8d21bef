namespace Roost.Cli.Terminal;

/// <summary>Lets the same words through once in a while, with how often they were meant meanwhile: thousands of equal lines hide everything else.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class Repeats(TimeProvider clock)
{
    /// <summary>How long equal words are held back.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    // Words that differ in a number each time must not pile up here.
    private const int MostRemembered = 64;

    private readonly Dictionary<string, (long Said, int Since)> _words = [];

    /// <returns>The words, perhaps with a count; null when they were said just now.</returns>
    public string? Next(string words)
    {
        long now = clock.GetTimestamp();
        if (_words.TryGetValue(words, out var last) && clock.GetElapsedTime(last.Said, now) < Pause)
        {
            _words[words] = (last.Said, last.Since + 1);
            return null;
        }
        if (_words.Count >= MostRemembered)
        {
            _words.Clear();
        }
        _words[words] = (now, 0);
        return last.Since > 0 ? $"{words} ({last.Since} times more meanwhile)" : words;
    }
}
