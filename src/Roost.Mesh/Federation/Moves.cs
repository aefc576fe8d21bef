using Roost.Core.Cores;
using Roost.Mesh.Membership;

namespace Roost.Mesh.Federation;

/// <summary>
/// From one link with a hub to another, without a frame that overtakes one before it: the last word on the old link is a ping, and what is to be sent waits until the other
/// end has answered it, by whichever link.
/// </summary>
internal sealed class Moves
{
    private const uint First = 0x8000_0000, Last = 0xBFFF_FFFF; // Below are Watch's pings, above those of the router.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly MeshState _mesh;
    private readonly Action<KnownHub> _sendWaiting;
    private readonly Dictionary<KnownHub, (uint Echo, Link Older)> _moving = [];
    private uint _next = First;

    public Moves(MeshState mesh, Action<KnownHub> sendWaiting)
    {
        (_mesh, _sendWaiting) = (mesh, sendWaiting);
        mesh.Hurry = End;
    }

    /// <summary>
    /// A link is about to end because there is another with the same hub, at least at the other end. Nothing happens if it has been silent for so long that nothing is under
    /// way on it, or nothing will ever arrive.
    /// </summary>
    public void Begin(Link older)
    {
        var hub = older.Hub;
        if (_mesh.Now - older.LastHeard >= _mesh.Options.SuspectAfter || _mesh.Now - older.LastUsed >= _mesh.Options.SuspectAfter)
        {
            return;
        }
        uint echo = _next = _next == Last ? First : _next + 1;
        _moving[hub] = (echo, older);
        hub.IsMoving = true;
        _mesh.Emit(new MeshEffect.Send(older.Id, new MeshFrame.Ping(echo)));
        _mesh.Later(Patience, "an old link does not answer any more", () =>
        {
            if (_moving.TryGetValue(hub, out var move) && move.Echo == echo)
            {
                End(hub);
            }
        });
    }

    /// <summary>The other end answered. False: that was no answer to this.</summary>
    public bool CaughtUp(KnownHub hub, MeshFrame.Pong pong)
    {
        if (!_moving.TryGetValue(hub, out var move) || move.Echo != pong.Echo)
        {
            return pong.Echo is >= First and <= Last;
        }
        End(hub);
        return true;
    }

    /// <summary>A link ended: what it did not bring is lost, and nothing waits for it.</summary>
    public void Ended(Link link)
    {
        if (_moving.TryGetValue(link.Hub, out var move) && move.Older == link)
        {
            End(link.Hub);
        }
    }

    private void End(KnownHub hub)
    {
        _moving.Remove(hub);
        hub.IsMoving = false;
        if (hub.Link is not null)
        {
            _sendWaiting(hub);
        }
        else if (hub.Pending.Count > 0)
        {
            _mesh.Want(hub);
        }
    }
}
