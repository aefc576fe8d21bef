namespace Roost.Cli.Features.Asking;

/// <summary>What the command line of <c>roost ask</c> said.</summary>
internal sealed record AskOptions
{
    public required string Prompt { get; init; }

    public required FileInfo[] Files { get; init; }

    public string? System { get; init; }

    public string? BaseUrl { get; init; }

    public string? Model { get; init; }

    public bool ListModels { get; init; }

    public bool Continue { get; init; }

    public bool Render { get; init; }

    public bool CanAsk { get; init; }

    public bool Share { get; init; }

    public required TimeSpan Timeout { get; init; }

    /// <summary>How the answer is shared; the same as in <c>roost stream</c>.</summary>
    public required StreamOptions Stream { get; init; }
}
