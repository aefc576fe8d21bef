using Roost.Core.Crypto;
using Roost.Core.Identity;

namespace Roost.Hub.Hosting;

/// <summary>The hub's key and the id that follows from it.</summary>
public sealed class HubIdentity : IDisposable
{
    private readonly IDisposable? _lock;

    /// <summary>Takes over <paramref name="key"/>.</summary>
    public HubIdentity(SigningKey key) : this(key, null)
    {
    }

    internal HubIdentity(SigningKey key, IDisposable? dataLock) => (Key, Id, _lock) = (key, HubId.OfKey(key.PublicKey), dataLock);

    /// <summary>The key.</summary>
    public SigningKey Key { get; }

    /// <summary>The id.</summary>
    public HubId Id { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Key.Dispose();
        _lock?.Dispose();
    }
}
