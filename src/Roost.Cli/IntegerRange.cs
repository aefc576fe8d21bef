using System.CommandLine;

namespace Roost.Cli;

/// <summary>Options that take whole numbers of a range.</summary>
internal static class IntegerRange
{
    /// <summary>Refuses numbers outside of the range; what is no number at all the parser itself refuses.</summary>
    /// <param name="option">The option.</param>
    /// <param name="least">The smallest that is taken.</param>
    /// <param name="most">The largest.</param>
    /// <param name="words">What it takes: "2 to 16 hubs".</param>
    public static Option<int> Within(this Option<int> option, int least, int most, string words)
    {
        option.Validators.Add(given =>
        {
            if (given.Tokens is [var token, ..] && int.TryParse(token.Value, out int number) && (number < least || number > most))
            {
                given.AddError($"{option.Name} takes {words}");
            }
        });
        return option;
    }
}
