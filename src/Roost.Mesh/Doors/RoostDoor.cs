using Roost.Core.Crypto;
using Roost.Mesh.Hubs;

namespace Roost.Mesh.Doors;

/// <summary>What all sessions of the <c>/roost</c> door share. Immutable; thread-safe if its functions are.</summary>
/// <param name="Key">The hub's key.</param>
/// <param name="Limits">The hub's limits.</param>
/// <param name="AnswersTo">Whether a dialled <c>host:port</c> is this hub's (docs/protocol/door.md, "Authority").</param>
/// <param name="Authorities">The same as a list, for the text of a refusal.</param>
/// <param name="WelcomeJson">WELCOME's JSON for a peer that dialled this <c>host:port</c>.</param>
public sealed record RoostDoor(
    SigningKey Key,
    HubLimits Limits,
    Func<string, bool> AnswersTo,
    Func<string> Authorities,
    Func<string, ReadOnlyMemory<byte>> WelcomeJson)
{
    /// <summary>The name of its networks' dialect.</summary>
    public const string Dialect = "roost";
}
