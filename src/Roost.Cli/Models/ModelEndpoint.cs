namespace Roost.Cli.Models;

/// <summary>Where a model is asked: an OpenAI-compatible base address, the model's name, and a key if it needs one.</summary>
/// <param name="Base">Ends in a slash; <c>chat/completions</c> is below it.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Key">From OPENAI_API_KEY; null sends none.</param>
internal sealed record ModelEndpoint(Uri Base, string Model, string? Key)
{
    /// <summary>The address of a path below the base.</summary>
    public Uri At(string path) => new(Base, path);
}
