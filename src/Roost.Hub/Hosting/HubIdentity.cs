using Roost.Core.Crypto;
using Roost.Core.Identity;

namespace Roost.Hub.Hosting;

/// <summary>The hub's key and the id that follows from it.</summary>
/// <param name="key">The key.</param>
/// <param name="held">What is held as long as the hub runs; null: nothing.</param>
public sealed class HubIdentity(SigningKey key, IDisposable? held = null) : IDisposable
{
    /// <summary>The key.</summary>
    public SigningKey Key { get; } = key;

    /// <summary>The id.</summary>
    public HubId Id { get; } = HubId.OfKey(key.PublicKey);

    /// <inheritdoc/>
    public void Dispose()
    {
        Key.Dispose();
        held?.Dispose();
    }
}
