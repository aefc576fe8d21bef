using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Crdt;
using Roost.Mesh.Documents;
using Roost.Mesh.Peers;
using Roost.Mesh.Sessions;
using Roost.Mesh.Wire;
using Roost.Peer.Links;
using Roost.Peer.Storage;

namespace Roost.Peer.Documents;

public sealed partial class DocumentSession
{
    private const ushort TargetUnknown = 8;

    private bool _presenceChanged;
    // A hub that starts again lets peers in a moment before its keeper.
    private static readonly TimeSpan AskToKeepEvery = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan KeptWithin = TimeSpan.FromSeconds(5);

    private bool _askedToKeep;
    private PeerId? _unkeptAt;
    private Instant _askToKeepAt = Instant.Never;
    private Instant _keptBy = Instant.Never;

    private async Task StartAsync()
    {
        _driver.Start();
        foreach (var feed in _options.Folder?.Recall(_room.Room) ?? [])
        {
            _driver.Post(new DocumentInput.Recalled(feed));
        }
        _driver.Post(new DocumentInput.AllRecalled());
        await _recalled.Task.ConfigureAwait(false);
        lock (_lock)
        {
            var now = InstantClock.System.Now;
            _awareness.SetLocalState(
                _options.UserName is { } name ? new YObject { ["user"] = new YObject { ["name"] = name, ["color"] = _options.UserColor } } : YValue.Null, now);
        }
        if (_link is not null)
        {
            _link.Post(new HubLinkInput.Join(_room.Join, _session, HostsOnly: false));
            _link.Start();
        }
    }

    /// <summary>Our own changes: gathered for a moment, so that a keystroke is not an entry.</summary>
    private void Collect(ReadOnlySpan<byte> update, Transaction transaction)
    {
        if (ReferenceEquals(transaction.Origin, Remote))
        {
            return;
        }
        if (!CanWrite)
        {
            throw new InvalidOperationException("This link may read only.");
        }
        _edits.Add(update.ToArray());
        if (!_gathering)
        {
            _gathering = true;
            _gather.Change(Gather, Timeout.InfiniteTimeSpan);
        }
    }

    private void Flush()
    {
        lock (_lock)
        {
            _gathering = false;
            if (_edits.Count > 0)
            {
                // Posted inside the lock: changes enter the feed in the order in which they were made.
                _driver.Post(new DocumentInput.Edit(_edits.Count == 1 ? _edits[0] : YUpdates.Merge(_edits)));
                _edits.Clear();
            }
        }
    }

    private void Renew()
    {
        var time = InstantClock.System.Now;
        if (_askedToKeep && time >= _keptBy)
        {
            _askedToKeep = false;
            _keepAnswered.TrySetResult();
            Happened?.Invoke(new DocumentEvent.Kept(TimeSpan.Zero, "this hub keeps no documents"));
        }
        if (_unkeptAt is { } hub && time >= _askToKeepAt)
        {
            AskToKeep(hub);
        }
        bool changed = false;
        lock (_lock)
        {
            if (!_disposed)
            {
                _awareness.Tick(InstantClock.System.Now);
                changed = _doc.TryPendingAgain(Remote);
            }
        }
        if (changed)
        {
            Happened?.Invoke(new DocumentEvent.Changed());
        }
        TellPresence();
    }

    /// <summary>Passes on what we say about ourselves.</summary>
    private void Announce(AwarenessChange change)
    {
        if (!_disposed && (change.Added.Contains(ClientId) || change.Updated.Contains(ClientId) || change.Removed.Contains(ClientId)))
        {
            _driver.Post(new DocumentInput.Say(_awareness.EncodeUpdate([ClientId])));
        }
    }

    private void TellPresence()
    {
        bool changed;
        lock (_lock)
        {
            (changed, _presenceChanged) = (_presenceChanged, false);
        }
        if (changed)
        {
            Happened?.Invoke(new DocumentEvent.PresenceChanged());
        }
    }

    private void Perform(DocumentEffect effect)
    {
        switch (effect)
        {
            case DocumentEffect.Say say:
                _link?.Post(new HubLinkInput.Say(say.Frame));
                break;
            case DocumentEffect.SayDirect say:
                _direct?.Send(say.Peer, say.Payload);
                break;
            case DocumentEffect.Recalled:
                _recalled.TrySetResult();
                break;
            case DocumentEffect.Updated updated:
                Apply(updated.Bytes, v2: false);
                break;
            case DocumentEffect.Checkpointed checkpoint:
                if (Apply(checkpoint.Bytes, v2: true) && Holds(checkpoint.StateVector))
                {
                    _driver.Post(new DocumentInput.CheckpointTaken(checkpoint.Covered));
                }
                break;
            case DocumentEffect.CheckpointDue due:
                lock (_lock)
                {
                    _driver.Post(new DocumentInput.Checkpoint(due.Covered, _doc.EncodeStateVector(), _doc.EncodeStateAsUpdateV2()));
                }
                break;
            case DocumentEffect.Said said:
                lock (_lock)
                {
                    _presence.Take(said.From, said.Update, InstantClock.System.Now);
                }
                TellPresence();
                break;
            case DocumentEffect.Members members:
                lock (_lock)
                {
                    if (members.Gone is { } gone)
                    {
                        _presence.Forget(gone, InstantClock.System.Now);
                    }
                    else if (members.Count == 0)
                    {
                        _presence.ForgetAll(InstantClock.System.Now);
                    }
                }
                TellPresence();
                Happened?.Invoke(new DocumentEvent.Members(members.Count));
                break;
            case DocumentEffect.CaughtUp caught:
                Happened?.Invoke(new DocumentEvent.CaughtUp(caught.Alone));
                break;
            case DocumentEffect.Settled:
                _settled.TrySetResult();
                break;
            case DocumentEffect.Forked:
                Happened?.Invoke(new DocumentEvent.Forked());
                break;
            case DocumentEffect.Failed failed:
                Happened?.Invoke(new DocumentEvent.Failed(failed.Problem));
                break;
        }
    }

    private bool Apply(byte[] update, bool v2)
    {
        UpdateFormatException? refusal;
        bool good;
        lock (_lock)
        {
            good = _doc.TryApplyUpdate(update, out refusal, v2, Remote);
        }
        Happened?.Invoke(good ? new DocumentEvent.Changed() : new DocumentEvent.BadUpdate(refusal!.Message));
        return good;
    }

    /// <summary>Whether a checkpoint brought what it says it holds: what it covers is dropped only then.</summary>
    private bool Holds(byte[] stateVector)
    {
        try
        {
            var claimed = StateVectors.Decode(stateVector);
            lock (_lock)
            {
                var held = _doc.StateVector();
                return claimed.All(c => held.TryGetValue(c.Key, out uint clock) && clock >= c.Value);
            }
        }
        catch (UpdateFormatException)
        {
            return false;
        }
    }

    private void Hear(HubLinkEffect effect)
    {
        _direct?.Hear(effect);
        switch (effect)
        {
            case HubLinkEffect.Online online:
                _driver.Post(new DocumentInput.Online(PeerId.OfKey(online.Hub)));
                AskToKeep(PeerId.OfKey(online.Hub));
                Happened?.Invoke(new DocumentEvent.HubFound(online.Origin));
                break;
            case HubLinkEffect.Offline offline:
                _unkeptAt = null;
                _driver.Post(new DocumentInput.Offline());
                Happened?.Invoke(new DocumentEvent.HubLost(offline.Reason));
                break;
            case HubLinkEffect.Heard { Frame: DoorFrame.Signal signal } when KeepFrame.TryRead(signal.Payload.Span, out var frame) && frame is KeepFrame.Answer answer:
                _askedToKeep = false;
                _unkeptAt = null;
                if (answer.Seconds > 0)
                {
                    _driver.Post(new DocumentInput.KeeperFound());
                }
                _keepAnswered.TrySetResult();
                Happened?.Invoke(new DocumentEvent.Kept(TimeSpan.FromSeconds(answer.Seconds), answer.Text));
                break;
            case HubLinkEffect.Heard { Frame: DoorFrame.Error { Code: TargetUnknown } }:
                // A member that has just left, a keeper that is not in the room yet, or a hub that keeps nothing: only silence tells which.
                _driver.Post(new DocumentInput.NoKeeper());
                break;
            case HubLinkEffect.Heard { Frame: DoorFrame.Error error }:
                Happened?.Invoke(new DocumentEvent.Refused(error.Code, error.Text));
                break;
            case HubLinkEffect.Heard heard:
                _driver.Post(new DocumentInput.Heard(heard.Frame));
                break;
        }
    }

    private void AskToKeep(PeerId hub)
    {
        if (_options.KeepFor is { } time && _write is { } write)
        {
            uint seconds = (uint)Math.Min(uint.MaxValue, time.TotalSeconds);
            var ask = KeepFrame.AskDocument.Make(write, PeerId.OfKey(_identity.PublicKey), hub, _room, seconds);
            _askedToKeep = true;
            var now = InstantClock.System.Now;
            (_keptBy, _askToKeepAt, _unkeptAt) = (now + KeptWithin, now + AskToKeepEvery, hub);
            _link!.Post(new HubLinkInput.Say(new DoorFrame.Signal(default, hub, ask.ToArray())));
        }
    }
}
