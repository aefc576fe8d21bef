using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Mesh.Hubs;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Sessions;

/// <summary>
/// The host of a text stream: coalesces what comes into signed entries, tells the room, and answers whoever comes late.
/// </summary>
/// <remarks>A pure core but for its log, which it is given; one driver. It keeps no replay state per viewer (docs/protocol/feeds.md, WANT).</remarks>
public sealed partial class StreamHostCore : IProtocolCore<StreamHostInput, StreamHostEffect>
{
    /// <summary>Answers of up to 1 MiB that one viewer may have, a second and at once; beyond, it has to ask again.</summary>
    public static readonly RateLimit AnswersPerViewer = new(16, 64);

    private readonly FeedWriter _feed;
    private readonly TextCoalescer _text = new();
    private readonly Queue<StreamHostEffect> _effects = new();
    private readonly Dictionary<PeerId, StreamSeat> _viewers = [];
    private readonly AnswerQueue _answers = new();
    private readonly CastPace _casts = new();
    private bool _ended;
    private bool _endReported;
    private bool _failed;

    /// <summary>Opens the stream: a new log gets <paramref name="meta"/> as entry 1.</summary>
    public StreamHostCore(FeedWriter feed, StreamMeta meta)
    {
        _feed = feed;
        if (feed.Last == 0)
        {
            Append(EntryKind.Meta, meta.ToJson());
        }
    }

    /// <summary>Viewers in the room.</summary>
    public int Viewers => _viewers.Count;

    /// <inheritdoc/>
    public Wake? NextWake => _text.NextWake is { } text && !(_casts.NextWake?.At < text.At) ? text : _casts.NextWake;

    /// <inheritdoc/>
    public void Handle(StreamHostInput input, Instant now)
    {
        switch (input)
        {
            case StreamHostInput.Text text when !_ended:
                _text.Handle(text.Bytes, now);
                Share();
                break;
            case StreamHostInput.End end when !_ended:
                _ended = true;
                _text.End(now);
                Share();
                Append(EntryKind.End, new StreamEnd(end.Exit, end.Reason).ToJson());
                ReportEnd();
                break;
            case StreamHostInput.Offline:
                Unseat();
                break;
            case StreamHostInput.Drained:
                _answers.Drained();
                _casts.Drained();
                Catch(now);
                Answer();
                break;
            case StreamHostInput.Heard heard:
                Hear(heard.Frame, now);
                break;
            default:
                HandleLink(input, now);
                break;
        }
    }

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        _text.Tick(now);
        Share();
        Catch(now);
    }

    /// <summary>Viewers on the hub see by the newest entry what was left out for them.</summary>
    private void Catch(Instant now)
    {
        if (_newest.Length > 0 && _casts.TryResume(now))
        {
            SayNewest(_viewers.Values.Count(v => !v.IsDirect));
        }
    }

    /// <inheritdoc/>
    public bool TryTake([MaybeNullWhen(false)] out StreamHostEffect effect) => _effects.TryDequeue(out effect);

    private void Share()
    {
        while (_text.TryTake(out var body))
        {
            Append(EntryKind.Text, body);
        }
    }

    private void Append(EntryKind kind, ReadOnlySpan<byte> body)
    {
        if (_failed)
        {
            return;
        }
        try
        {
            Publish(_feed.Append(kind, body));
        }
        catch (IOException e)
        {
            // The number is spent in memory but not on disk: nothing more may be sealed in this epoch.
            _failed = true;
            _effects.Enqueue(new StreamHostEffect.LogFailed(e.Message));
        }
    }

    private void Hear(DoorFrame frame, Instant now)
    {
        switch (frame)
        {
            case DoorFrame.Members members when members.Room == _feed.Feed.Room:
                foreach (var member in members.List)
                {
                    Come(member, now);
                }
                break;
            case DoorFrame.Error { Code: (ushort)Refusal.RateLimited }:
                _casts.Refused(now);
                break;
            case DoorFrame.Joined joined when joined.Room == _feed.Feed.Room:
                Come(joined.Member, now);
                break;
            case DoorFrame.Left left when left.Room == _feed.Feed.Room && _viewers.TryGetValue(left.Peer, out var viewer):
                viewer.InRoom = false;
                if (left.Reason != LeftReason.ConnectionLost)
                {
                    viewer.Unlink();
                }
                _answers.Forget(left.Room, left.Peer);
                LeaveIfGone(viewer);
                break;
            case DoorFrame.Send send when send.Room == _feed.Feed.Room && _viewers.TryGetValue(send.From, out var viewer)
                && FeedCodec.TryRead(send.Payload, out var asked):
                HearViewer(viewer, asked, isDirect: false, now);
                break;
        }
    }

    private void Come(Member member, Instant now)
    {
        if (member.IsHost)
        {
            return;
        }
        if (!_viewers.TryGetValue(member.Peer, out var viewer))
        {
            viewer = Seat(member.Peer, now);
        }
        viewer.InRoom = true;
    }

    private StreamSeat Seat(PeerId peer, Instant now)
    {
        var viewer = new StreamSeat(peer, now, AnswersPerViewer);
        _viewers.Add(peer, viewer);
        _effects.Enqueue(new StreamHostEffect.ViewerCame(peer, _viewers.Count));
        return viewer;
    }

    /// <summary>A viewer is gone when neither a hub nor a link knows it.</summary>
    private void LeaveIfGone(StreamSeat viewer)
    {
        if (!viewer.InRoom && !viewer.IsDirect && _viewers.Remove(viewer.Peer))
        {
            _effects.Enqueue(new StreamHostEffect.ViewerWent(viewer.Peer, _viewers.Count));
            ReportEnd();
        }
    }

    /// <summary>Without a hub nobody is known but who is linked with.</summary>
    private void Unseat()
    {
        _answers.Clear();
        _casts.Clear();
        foreach (var viewer in _viewers.Values.ToList())
        {
            viewer.InRoom = false;
            if (!viewer.IsDirect)
            {
                _viewers.Remove(viewer.Peer);
            }
        }
    }

    private void HearViewer(StreamSeat viewer, FeedFrame frame, bool isDirect, Instant now)
    {
        switch (frame)
        {
            case FeedFrame.Want want when isDirect && viewer.Answers.TryTake(1, now):
                AnswerDirect(viewer, want);
                break;
            case FeedFrame.Want want when !isDirect && viewer.Answers.TryTake(1, now):
                _answers.Ask(_feed.Feed.Room, viewer.Peer, want);
                Answer();
                break;
            case FeedFrame.Ack ack when ack.Feed == _feed.Feed.Short && ack.N <= _feed.Last:
                viewer.Acked = Math.Max(viewer.Acked, ack.N);
                if (!viewer.CaughtUp && viewer.Acked >= viewer.LastWhenCame(_feed.Last))
                {
                    viewer.CaughtUp = true;
                    _effects.Enqueue(new StreamHostEffect.ViewerCaughtUp(viewer.Peer, now - viewer.Since, viewer.Acked));
                }
                ReportEnd();
                break;
        }
    }

    private void Answer()
    {
        while (_answers.TryNext(out var room, out var viewer, out var want))
        {
            foreach (var answer in _feed.Answer(want))
            {
                _answers.Sent();
                _effects.Enqueue(new StreamHostEffect.Say(new DoorFrame.Send(default, room, viewer, FeedCodec.Write(answer))));
            }
        }
    }

    private void ReportEnd()
    {
        if (_ended && !_endReported && _viewers.Values.All(v => v.Acked >= _feed.Last))
        {
            _endReported = true;
            _effects.Enqueue(new StreamHostEffect.EndAcknowledged());
        }
    }
}
