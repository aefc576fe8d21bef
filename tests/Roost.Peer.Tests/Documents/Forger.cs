using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Peers;
using Roost.Mesh.Wire;
using Roost.Peer.Links;
using Roost.Peer.Storage;

namespace Roost.Peer.Tests.Documents;

/// <summary>A member that speaks the protocol by hand: with the write key it may write nonsense, without it forges.</summary>
internal sealed class Forger : IAsyncDisposable
{
    private readonly SigningKey _identity = SigningKey.Generate(SystemDice.Instance);
    private readonly SigningKey _author;
    private readonly RoomKeys _room;
    private readonly HubLink _link;
    private readonly FeedWriter _feed;
    private readonly TaskCompletionSource _in = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Forger(string origin, DocumentInvite invite)
    {
        _room = new RoomKeys(invite.Secret, invite.Owner);
        _author = invite.Write?.ToKey() ?? SigningKey.Generate(SystemDice.Instance);
        _feed = new FeedWriter(_room, _author, FeedId.NewEpoch(Instant.FromUnixMilliseconds(1_700_000_000_000), SystemDice.Instance), new MemoryFeedLog());
        _link = new HubLink(new HubLinkOptions { Hubs = [origin], Identity = _identity }, SystemDice.Instance, Hear);
        var session = new byte[Id16.Size];
        SystemDice.Instance.Fill(session);
        _link.Post(new HubLinkInput.Join(_room.Join, new SessionId(Id16.Read(session)), HostsOnly: false));
        _link.Start();
    }

    public static async Task<Forger> JoinAsync(string origin, DocumentInvite invite)
    {
        var forger = new Forger(origin, invite);
        await forger._in.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return forger;
    }

    /// <summary>Says a feed under a key that is not the document's, and an entry in it.</summary>
    public Task ForgeAsync() => WriteAsync([0, 0]);

    public Task WriteAsync(byte[] update)
    {
        if (_feed.Last == 0)
        {
            _feed.Append(EntryKind.Meta, "{\"v\":1}"u8);
        }
        var live = _feed.Append(EntryKind.Update, [0, .. update]);
        var head = _feed.Head();
        Cast(new FeedFrame.Roll(head.Author, false, [new RollLine(head.Epoch, head.N, head.Chain, head.Signature)]));
        Cast(live);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync();
        _feed.Dispose();
        _room.Dispose();
        _author.Dispose();
        _identity.Dispose();
    }

    private void Hear(HubLinkEffect effect)
    {
        switch (effect)
        {
            case HubLinkEffect.Heard { Frame: DoorFrame.Members { More: false } }:
                _in.TrySetResult();
                break;
            case HubLinkEffect.Heard { Frame: DoorFrame.Send send } when FeedCodec.TryRead(send.Payload, out var frame) && frame is FeedFrame.Want want:
                foreach (var answer in _feed.Answer(want))
                {
                    _link.Post(new HubLinkInput.Say(new DoorFrame.Send(default, _room.Room, send.From, FeedCodec.Write(answer))));
                }
                break;
        }
    }

    private void Cast(FeedFrame frame) => _link.Post(new HubLinkInput.Say(new DoorFrame.Cast(default, _room.Room, FeedCodec.Write(frame))));
}
