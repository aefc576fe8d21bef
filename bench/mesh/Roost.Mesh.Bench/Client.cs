using System.Diagnostics;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Mesh.Peers;
using Roost.Mesh.Wire;
using Roost.Peer.Links;
using Roost.Peer.Storage;

namespace Roost.Mesh.Bench;

/// <summary>An own client, as apps use it.</summary>
internal sealed class Client : IAsyncDisposable
{
    private readonly HubLink _link;
    private readonly SigningKey _key = SigningKey.Generate(new SystemDice());
    private TaskCompletionSource _online = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Client(string origin)
    {
        _link = new HubLink(new HubLinkOptions { Hubs = [origin], Identity = _key }, new SystemDice(), Observe);
        _link.Start();
    }

    public PeerId Id => PeerId.OfKey(_key.PublicKey);

    public Task OnlineAsync => _online.Task;

    /// <summary>When it lost its hub first, found another, and was found there: timestamps.</summary>
    public long LostAt { get; private set; }

    /// <inheritdoc cref="LostAt"/>
    public long BackAt { get; private set; }

    /// <inheritdoc cref="LostAt"/>
    public long FoundAt { get; private set; }

    public Action<DoorFrame.Signal>? Heard { get; set; }

    public void Say(PeerId to, ReadOnlyMemory<byte> body) => _link.Post(new HubLinkInput.Say(new DoorFrame.Signal(default, to, body)));

    public ValueTask DisposeAsync() => _link.DisposeAsync();

    private void Observe(HubLinkEffect effect)
    {
        switch (effect)
        {
            case HubLinkEffect.Online:
                if (LostAt != 0 && BackAt == 0)
                {
                    BackAt = Stopwatch.GetTimestamp();
                }
                _online.TrySetResult();
                break;
            case HubLinkEffect.Offline when _online.Task.IsCompleted && LostAt == 0:
                LostAt = Stopwatch.GetTimestamp();
                break;
            case HubLinkEffect.Heard { Frame: DoorFrame.Signal signal }:
                if (BackAt != 0 && FoundAt == 0)
                {
                    FoundAt = Stopwatch.GetTimestamp();
                }
                Heard?.Invoke(signal);
                break;
        }
    }
}
