using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Crdt;
using Roost.Mesh.Documents;
using Roost.Mesh.Peers;
using Roost.Testing;
using Roost.Tests.Mesh.Sessions;

namespace Roost.Tests.Mesh.Documents;

/// <summary>A member of a document in virtual time: shipped core and document; its store outlives it, like one on disk.</summary>
internal sealed class SimWriter : ISimEnd
{
    private static readonly object Remote = new();

    private readonly SimWorld.Simulated<DocumentInput, DocumentEffect> _core;
    private readonly SimLink _link;
    private readonly SimWorld _world;
    private readonly YDoc _doc;
    private readonly YText _text;

    public SimWriter(SimWorld world, SimHub hub, RoomKeys room, SigningKey? write, MemoryFeedStore store, DocumentLimits limits)
    {
        _world = world;
        Store = store;
        var identity = SigningKey.Generate(world.Dice);
        _doc = new YDoc(world.Dice);
        _text = _doc.GetText("text");
        Id = PeerId.OfKey(identity.PublicKey);
        LookAgain();
        DocumentCore core = new(room, PeerId.OfKey(identity.PublicKey), write, store, world.Dice, limits);
        Core = core;
        _core = world.Add(core, Perform);
        _doc.Update += (update, transaction) =>
        {
            if (!ReferenceEquals(transaction.Origin, Remote))
            {
                _core.Handle(new DocumentInput.Edit(update.ToArray()));
            }
        };
        foreach (var feed in store.Feeds.ToList())
        {
            _core.Handle(new DocumentInput.Recalled(feed));
        }
        _link = new SimLink(world, hub, identity, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(0.1), effect =>
        {
            DocumentInput? input = effect switch
            {
                HubLinkEffect.Online online => new DocumentInput.Online(PeerId.OfKey(online.Hub)),
                HubLinkEffect.Offline => new DocumentInput.Offline(),
                HubLinkEffect.Heard { Frame: Roost.Mesh.Wire.DoorFrame.Error { Code: 8 } } => new DocumentInput.NoKeeper(),
                HubLinkEffect.Heard heard => new DocumentInput.Heard(heard.Frame),
                _ => null,
            };
            if (input is not null)
            {
                _core.Handle(input);
            }
        });
        _link.Post(new HubLinkInput.Join(room.Join, new SessionId(new Id16(2, (ulong)world.Steps)), HostsOnly: false));
        _link.Post(new HubLinkInput.Start());

        void Perform(DocumentEffect effect)
        {
            switch (effect)
            {
                case DocumentEffect.Say say:
                    SaidToHub++;
                    _link!.Post(new HubLinkInput.Say(say.Frame));
                    world.After(TimeSpan.FromMilliseconds(1), () => _core!.Handle(new DocumentInput.Drained()));
                    break;
                case DocumentEffect.SayDirect direct:
                    Links.GetValueOrDefault(direct.Peer)?.Send(this, direct.Payload);
                    break;
                case DocumentEffect.Updated updated:
                    Assert.True(_doc.TryApplyUpdate(updated.Bytes, out _, origin: Remote));
                    break;
                case DocumentEffect.Checkpointed checkpoint:
                    Assert.True(_doc.TryApplyUpdate(checkpoint.Bytes, out _, v2: true, origin: Remote));
                    world.After(TimeSpan.Zero, () => _core!.Handle(new DocumentInput.CheckpointTaken(checkpoint.Covered)));
                    break;
                case DocumentEffect.CheckpointDue due:
                    Checkpoints++;
                    var (vector, state) = (_doc.EncodeStateVector(), _doc.EncodeStateAsUpdateV2());
                    world.After(TimeSpan.Zero, () => _core!.Handle(new DocumentInput.Checkpoint(due.Covered, vector, state)));
                    break;
                case DocumentEffect.Members members:
                    Others = members.Count;
                    break;
                case DocumentEffect.Forked:
                    Forks++;
                    break;
                case DocumentEffect.Settled:
                    IsSettled = true;
                    break;
            }
        }
    }

    public PeerId Id { get; }

    public Dictionary<PeerId, SimDirectLink> Links { get; } = [];

    public DocumentCore Core { get; }

    public MemoryFeedStore Store { get; }

    public int Others { get; private set; }

    public int SaidToHub { get; private set; }

    public int Checkpoints { get; private set; }

    public int Forks { get; private set; }

    public bool IsSettled { get; private set; }

    public string Text => _text.ToString();

    public bool HasPending => _doc.HasPending;

    public void Insert(int index, string text) => _text.Insert(index, text);

    public void Delete(int index, int length) => _text.Delete(index, length);

    public void Settle() => _core.Handle(new DocumentInput.Settle());

    /// <summary>As sessions do.</summary>
    private void LookAgain()
    {
        _doc.TryPendingAgain(Remote);
        _world.After(TimeSpan.FromSeconds(3), LookAgain);
    }

    public void CutLink() => _link.Socket?.Cut("the test cut it");

    public void LinkSaid(PeerId peer, SimLinkNews news) => _core.Handle(news switch
    {
        SimLinkNews.Up => new DocumentInput.LinkUp(peer),
        SimLinkNews.Down => new DocumentInput.LinkDown(peer),
        SimLinkNews.Full => new DocumentInput.LinkFull(peer),
        _ => new DocumentInput.LinkDrained(peer),
    });

    public void LinkBrought(PeerId peer, byte[] payload) => _core.Handle(new DocumentInput.HeardDirect(peer, payload));

    public void Kill()
    {
        _core.Remove();
        _link.Kill();
        foreach (var link in Links.Values)
        {
            link.Kill();
        }
    }
}
