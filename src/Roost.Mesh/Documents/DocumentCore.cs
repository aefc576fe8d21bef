using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Hubs;
using Roost.Mesh.Sessions;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Documents;

/// <summary>
/// A member of a document's room: writes its own feed, follows all others', and gives out updates without knowing what they mean
/// (docs/protocol/documents.md). Without the write key it only reads.
/// </summary>
/// <remarks>A pure core but for its store, which it is given; one driver.</remarks>
public sealed partial class DocumentCore : IProtocolCore<DocumentInput, DocumentEffect>, IDisposable
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RollsWithin = TimeSpan.FromSeconds(3);
    private const int MaxAsked = 3;

    private readonly RoomKeys _room;
    private readonly PeerId _self;
    private readonly SigningKey? _write;
    private readonly DocumentLimits _limits;
    private readonly Dice _dice;
    private readonly FeedSet _set;
    private readonly AnswerQueue _answers = new();
    private readonly Queue<DocumentEffect> _effects = new();
    private readonly List<PeerId> _members = [];
    private readonly Dictionary<PeerId, RateBucket> _askers = [];
    private readonly HashSet<PeerId> _awaited = [];
    private readonly Dictionary<ulong, (FeedSeal Seal, Pieces Pieces)> _open = [];
    private PeerId? _keeper;
    private Instant _rollsBy = Instant.Never;
    private Instant _askAt = Instant.Never;
    private bool _caughtUp;
    private bool _answered;
    private byte[]? _presence;

    /// <summary>Makes a member that knows nothing yet.</summary>
    /// <param name="room">The room's keys.</param>
    /// <param name="self">Our own peer id.</param>
    /// <param name="write">The write key; null to read only.</param>
    /// <param name="store">Where feeds are kept.</param>
    /// <param name="dice">Cryptographic outside tests: it makes epochs and nonces.</param>
    /// <param name="limits">What is taken; null for the defaults.</param>
    /// <exception cref="ArgumentException">The write key is not this room's.</exception>
    public DocumentCore(RoomKeys room, PeerId self, SigningKey? write, IFeedStore store, Dice dice, DocumentLimits? limits = null)
    {
        if (write is not null && write.PublicKey.ToOwnerId() != room.Owner)
        {
            throw new ArgumentException("The write key is not this document's.", nameof(write));
        }
        _room = room;
        _self = self;
        _write = write;
        _dice = dice;
        _limits = limits ?? new DocumentLimits();
        _set = new FeedSet(room.Room, room.Owner, store, _limits);
    }

    /// <summary>Frames that were refused: not signed by the write key, or sealed by nobody of the room.</summary>
    public int Refused => _set.Refused + _refused;

    /// <summary>Feeds held.</summary>
    public int Feeds => _set.Count;

    /// <inheritdoc/>
    public Wake? NextWake => Wake.Earlier(
        _set.NextWake,
        Wake.Earlier(
            Wake.Earlier(At(_rollsBy, "stop waiting for rolls"), At(_askAt, "ask a member where it stands")),
            Wake.Earlier(At(_mendAt, "tell who missed something where we stand"), At(_settleAt, "ask all who lack something"))));

    /// <inheritdoc/>
    public void Handle(DocumentInput input, Instant now)
    {
        foreach (var link in _links.Values)
        {
            link.Burst = 0;
        }
        switch (input)
        {
            case DocumentInput.Recalled recalled:
                _set.Recall(recalled.Feed);
                break;
            case DocumentInput.AllRecalled:
                Drain(now);
                _effects.Enqueue(new DocumentEffect.Recalled());
                break;
            case DocumentInput.Online online:
                _keeper = online.Hub;
                break;
            case DocumentInput.Offline:
                LoseHub(now);
                break;
            case DocumentInput.NoKeeper when _keeper is { } keeper:
                _awaited.Remove(keeper);
                break;
            case DocumentInput.KeeperFound:
                _keeperAnswers = true;
                break;
            case DocumentInput.Drained:
                _answers.Drained();
                break;
            case DocumentInput.Heard heard:
                Hear(heard.Frame, now);
                break;
            case DocumentInput.Edit edit:
                Write(EntryKind.Update, edit.Change, now);
                CheckSize();
                break;
            case DocumentInput.Checkpoint checkpoint:
                WriteCheckpoint(checkpoint, now);
                break;
            case DocumentInput.CheckpointTaken taken:
                TakeCovered(taken.Covered, now);
                break;
            case DocumentInput.Say say:
                _presence = say.Awareness;
                Cast(SealPresence(say.Awareness));
                break;
            case DocumentInput.Settle:
                BeginSettling(now);
                break;
            default:
                HandleLink(input, now);
                break;
        }
        Drain(now);
        PlanMending(now);
        Settle(now);
    }

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        _set.Tick(now);
        if (now >= _rollsBy)
        {
            _awaited.Clear();
        }
        if (now >= _mendAt)
        {
            Mend(now);
        }
        if (now >= _askAt)
        {
            _askAt = now + AskEvery;
            if (_members.Count > 0)
            {
                _set.AskRoll(_members[_dice.Next(_members.Count)], now);
            }
        }
        if (now >= _settleAt)
        {
            AskUnsettled(now);
        }
        Drain(now);
        Settle(now);
    }

    /// <inheritdoc/>
    public bool TryTake([MaybeNullWhen(false)] out DocumentEffect effect) => _effects.TryDequeue(out effect);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (seal, _) in _open.Values)
        {
            seal.Dispose();
        }
        _ownSeal?.Dispose();
    }

    private static Wake? At(Instant at, string why) => at == Instant.Never ? null : new Wake(at, why);

    private void Drain(Instant now)
    {
        while (_set.TryTake(out var effect))
        {
            switch (effect)
            {
                case FeedSetEffect.Send send:
                    Send(send.To, FeedCodec.Write(send.Frame));
                    break;
                case FeedSetEffect.Cast cast:
                    Cast(FeedCodec.Write(cast.Frame));
                    break;
                case FeedSetEffect.Entry entry:
                    Open(entry.Feed, entry.Sealed);
                    break;
                case FeedSetEffect.Forked forked:
                    _effects.Enqueue(new DocumentEffect.Forked(forked.Feed));
                    break;
                case FeedSetEffect.Failed failed:
                    _effects.Enqueue(new DocumentEffect.Failed(failed.Problem));
                    break;
            }
        }
        while (_answers.TryNext(out var room, out var peer, out var want))
        {
            foreach (var answer in _set.Answer(want))
            {
                _answers.Sent();
                _effects.Enqueue(new DocumentEffect.Say(new DoorFrame.Send(default, room, peer, FeedCodec.Write(answer))));
            }
        }
        if (!_caughtUp && _rollsBy != Instant.Never && _awaited.Count == 0 && !_set.IsFetching)
        {
            _caughtUp = true;
            _rollsBy = Instant.Never;
            _effects.Enqueue(new DocumentEffect.CaughtUp(!_answered));
        }
        else if (_caughtUp || now >= _rollsBy)
        {
            _rollsBy = Instant.Never;
        }
    }
}
