using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Mesh.Peers;
using Roost.Mesh.Sessions;
using Roost.Peer.Links;
using Roost.Peer.Storage;

namespace Roost.Peer.Keeping;

/// <summary>
/// Keeps sessions for hosts that ask (<c>roost stream --keep</c>): a peer under the hub's own key, in the hub's process or beside it. It sees ciphertext only.
/// </summary>
public sealed class Keeper : IAsyncDisposable
{
    private readonly KeeperFolder _folder;
    private readonly KeeperCore _core;
    private readonly CoreDriver<KeeperInput, KeeperEffect> _driver;
    private readonly HubLink _link;

    /// <summary>Starts to keep.</summary>
    /// <param name="hub">The hub's origin, as this process reaches it.</param>
    /// <param name="key">The hub's key: hosts and viewers look for its keeper under that id.</param>
    /// <param name="path">Where the sealed logs are.</param>
    /// <param name="limits">What may be kept; null for the defaults.</param>
    /// <param name="network">The application's network.</param>
    public Keeper(string hub, SigningKey key, string path, KeeperLimits? limits = null, string network = "")
    {
        limits ??= new KeeperLimits();
        _folder = new KeeperFolder(path, limits.MaxBytesPerRoom);
        _core = new KeeperCore(limits, _folder, PeerId.OfKey(key.PublicKey));
        _driver = new(_core, Perform, InstantClock.System);
        _link = new HubLink(new HubLinkOptions { Hubs = [hub], Identity = key, Network = network }, SystemDice.Instance, Hear, () => _driver.Post(new KeeperInput.Drained()));
        _driver.Start();
        foreach (var (kept, feeds) in _folder.Recall())
        {
            _driver.Post(new KeeperInput.Recalled(kept, feeds));
        }
        _link.Start();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync().ConfigureAwait(false);
        await _driver.DisposeAsync().ConfigureAwait(false);
        _core.Dispose();
        _folder.Dispose();
    }

    private void Hear(HubLinkEffect effect)
    {
        switch (effect)
        {
            case HubLinkEffect.Offline:
                _driver.Post(new KeeperInput.Offline());
                break;
            case HubLinkEffect.Heard heard:
                _driver.Post(new KeeperInput.Heard(heard.Frame));
                break;
        }
    }

    private void Perform(KeeperEffect effect)
    {
        switch (effect)
        {
            case KeeperEffect.Join join:
                _link.Post(new HubLinkInput.Join(join.Key, SessionId.New(SystemDice.Instance), join.HostsOnly));
                break;
            case KeeperEffect.Leave leave:
                _link.Post(new HubLinkInput.Leave(leave.Room));
                break;
            case KeeperEffect.Say say:
                _link.Post(new HubLinkInput.Say(say.Frame));
                break;
        }
    }
}
