using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;

namespace Roost.Mesh.Sessions;

/// <summary>
/// Questions that wait for the link to have room: a hundred viewers who join at once each want a megabyte, and the link takes them one after the other.
/// </summary>
/// <remarks>One question per viewer and room: a newer one replaces the older. Not thread-safe.</remarks>
internal sealed class AnswerQueue
{
    // Frames handed to the link and not yet known to be sent: two answers of the largest size.
    private const int MaxInFlight = 40;

    private readonly Dictionary<(RoomId, PeerId), FeedFrame.Want> _wants = [];
    private readonly Queue<(RoomId Room, PeerId Viewer)> _order = new();
    private int _inFlight;

    /// <summary>Questions that wait.</summary>
    public int Waiting => _wants.Count;

    /// <summary>Takes in a question.</summary>
    public void Ask(RoomId room, PeerId viewer, FeedFrame.Want want)
    {
        if (!_wants.ContainsKey((room, viewer)))
        {
            _order.Enqueue((room, viewer));
        }
        _wants[(room, viewer)] = want;
    }

    /// <summary>The next question that the link has room for.</summary>
    public bool TryNext(out RoomId room, out PeerId viewer, out FeedFrame.Want want)
    {
        want = null!;
        (room, viewer) = (default, default);
        while (_inFlight < MaxInFlight && _order.TryDequeue(out var next))
        {
            if (_wants.Remove(next, out want!))
            {
                (room, viewer) = next;
                return true;
            }
        }
        return false;
    }

    /// <summary>Takes a question back, to be answered another way; null when none waits.</summary>
    public FeedFrame.Want? Take(RoomId room, PeerId viewer) => _wants.Remove((room, viewer), out var want) ? want : null;

    /// <summary>A frame of an answer went to the link.</summary>
    public void Sent() => _inFlight++;

    /// <summary>The link has sent all it had.</summary>
    public void Drained() => _inFlight = 0;

    /// <summary>The viewer is gone.</summary>
    public void Forget(RoomId room, PeerId viewer) => _wants.Remove((room, viewer));

    /// <summary>The link is gone, and with it who asked.</summary>
    public void Clear()
    {
        _wants.Clear();
        _order.Clear();
        _inFlight = 0;
    }
}
