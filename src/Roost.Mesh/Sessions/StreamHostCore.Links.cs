using Roost.Core.Cores;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Sessions;

/// <summary>Which way frames go: over a viewer's direct link where there is one, over the hub else.</summary>
public sealed partial class StreamHostCore
{
    // What one answer may put into a link at once: with a link's own limit it bounds the memory that a viewer who stops reading costs.
    private const ulong MaxDirectAnswer = 512 * 1024;

    private byte[] _newest = [];

    private void HandleLink(StreamHostInput input, Instant now)
    {
        switch (input)
        {
            case StreamHostInput.LinkUp up:
                LinkUp(up.Viewer, now);
                break;
            case StreamHostInput.LinkDown down when _viewers.TryGetValue(down.Viewer, out var viewer):
                LinkDown(viewer);
                break;
            case StreamHostInput.LinkFull full when _viewers.TryGetValue(full.Viewer, out var viewer):
                viewer.IsFull = viewer.IsDirect;
                break;
            case StreamHostInput.LinkDrained drained when _viewers.TryGetValue(drained.Viewer, out var viewer) && viewer.IsFull:
                Resume(viewer);
                break;
            case StreamHostInput.HeardDirect heard when _viewers.TryGetValue(heard.Viewer, out var viewer) && viewer.IsDirect
                && FeedCodec.TryRead(heard.Payload, out var asked):
                HearViewer(viewer, asked, isDirect: true, now);
                break;
        }
    }

    private void LinkUp(PeerId peer, Instant now)
    {
        if (!_viewers.TryGetValue(peer, out var viewer))
        {
            // Its hub or ours went meanwhile; the link outlives both.
            viewer = Seat(peer, now);
        }
        viewer.IsDirect = true;
        if (_answers.Take(_feed.Feed.Room, peer) is { } want)
        {
            AnswerDirect(viewer, want);
        }
        // What the hub still carries may be lost with it; the newest entry shows the viewer whether it lacks any.
        SayDirect(viewer, _newest);
    }

    private void LinkDown(StreamSeat viewer)
    {
        viewer.Unlink();
        LeaveIfGone(viewer);
        if (viewer.InRoom && _newest.Length > 0)
        {
            // What the link still carried is lost, which the viewer may have noticed before we did: the newest entry shows it.
            _effects.Enqueue(new StreamHostEffect.Say(new DoorFrame.Send(default, _feed.Feed.Room, viewer.Peer, _newest)));
        }
    }

    private void Resume(StreamSeat viewer)
    {
        viewer.IsFull = false;
        if (viewer.Want is { } want)
        {
            viewer.Want = null;
            AnswerDirect(viewer, want);
        }
        if (viewer.Skipped)
        {
            viewer.Skipped = false;
            SayDirect(viewer, _newest);
        }
    }

    private void AnswerDirect(StreamSeat viewer, FeedFrame.Want want)
    {
        if (viewer.IsFull)
        {
            viewer.Want = want;
            return;
        }
        foreach (var answer in _feed.Answer(want with { Budget = Math.Min(want.Budget, MaxDirectAnswer) }))
        {
            SayDirect(viewer, FeedCodec.Write(answer));
        }
    }

    private void SayDirect(StreamSeat viewer, byte[] payload)
    {
        if (payload.Length > 0)
        {
            _effects.Enqueue(new StreamHostEffect.SayDirect(viewer.Peer, payload));
        }
    }

    /// <summary>A new entry, to everyone once.</summary>
    private void Publish(FeedFrame.Live live)
    {
        _newest = FeedCodec.Write(live);
        int onHub = 0;
        foreach (var viewer in _viewers.Values)
        {
            onHub += viewer.IsDirect ? 0 : 1;
            if (viewer.IsDirect && viewer.IsFull)
            {
                viewer.Skipped = true;
            }
            else if (viewer.IsDirect)
            {
                SayDirect(viewer, _newest);
            }
        }
        if (onHub > 0 || _viewers.Count == 0)
        {
            SayNewest(onHub);
        }
    }

    /// <summary>The newest entry by the hub, which copies it for the room where that is cheaper than one SEND for each who has no link.</summary>
    private void SayNewest(int onHub)
    {
        bool isCast = onHub == _viewers.Count || 2 * onHub > 1 + _viewers.Count;
        if (!_casts.TrySend(isCast ? 1 : onHub))
        {
            return;
        }
        if (isCast)
        {
            _effects.Enqueue(new StreamHostEffect.Say(new DoorFrame.Cast(default, _feed.Feed.Room, _newest)));
            return;
        }
        foreach (var viewer in _viewers.Values.Where(v => !v.IsDirect))
        {
            _effects.Enqueue(new StreamHostEffect.Say(new DoorFrame.Send(default, _feed.Feed.Room, viewer.Peer, _newest)));
        }
    }
}
