namespace Roost.Hub.Hosting;

/// <summary>A hub that cannot start, with a code of docs/errors.md and one sentence that says what to change.</summary>
public sealed class HubStartException(string code, string message, Exception? inner = null) : Exception($"{code} {message}", inner)
{
    /// <summary>Such as ROOST-1902.</summary>
    public string Code { get; } = code;
}
