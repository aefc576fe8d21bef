using System.Collections.Concurrent;
using Roost.Core.Codec;
using Roost.Core.Cores;
using Roost.Hub.Hosting;
using Roost.Hub.Mesh;
using Roost.Mesh.Doors;
using Roost.Mesh.Hubs;

namespace Roost.Hub.Connections;

/// <summary>Does what the core asked for: writes each effect in the words of the receiver's door. Runs only inside the driver.</summary>
internal sealed class HubPerformer(ConcurrentDictionary<ConnectionId, HubConnection> connections, HubMetrics metrics, HubMemory memory)
{
    private readonly ByteWriter _scratch = new(64 * 1024);
    private readonly List<HubConnection> _batch = [];
    private Instant _now;

    /// <summary>The sockets to other hubs; null for a hub that stands alone.</summary>
    public MeshLinks? Mesh { get; set; }

    /// <summary>Takes what the core shall hear next.</summary>
    public Action<HubInput> Post { get; set; } = _ => { };

    public void Perform(HubEffect effect, Instant now)
    {
        _now = now;
        switch (effect)
        {
            case HubEffect.Signal e:
                One(e.To, e);
                break;
            case HubEffect.Send e:
                if (!One(e.To, e, mayDrop: true))
                {
                    Post(new HubInput.Dropped(e.To, e.Room, e.From));
                }
                break;
            case HubEffect.ToMesh e:
                Mesh?.Perform(e.Effect);
                break;
            case HubEffect.Cast e:
                Many(e.To, e, full => new HubInput.Dropped(full, e.Room, e.From));
                break;
            case HubEffect.MemberJoined e:
                Many(e.To, e, Overflowed);
                break;
            case HubEffect.MemberLeft e:
                Many(e.To, e, Overflowed);
                break;
            case HubEffect.Departed e:
                Many(e.To, e, Overflowed);
                break;
            case HubEffect.Goodbye e:
                Many(e.To, e, Overflowed);
                break;
            case HubEffect.Members e:
                One(e.To, e);
                break;
            case HubEffect.Gap e:
                One(e.To, e);
                break;
            case HubEffect.Introduce e:
                One(e.To, e);
                break;
            case HubEffect.Admit e:
                One(e.To, e);
                if (connections.TryGetValue(e.To, out var admitted))
                {
                    admitted.Decided();
                }
                break;
            case HubEffect.Refuse e:
                Refuse(e);
                break;
            case HubEffect.Probe e when connections.TryGetValue(e.To, out var probed):
                probed.Socket.Ping();
                break;
            case HubEffect.Abort e when connections.TryGetValue(e.To, out var dead):
                dead.Gone();
                dead.Socket.Abort();
                break;
            case HubEffect.RememberBound e:
                memory.Remember(e.Peer, e.Until);
                break;
        }
    }

    /// <summary>Sends what the batch wrote.</summary>
    public void Flush()
    {
        foreach (var connection in _batch)
        {
            connection.InBatch = false;
            connection.Socket.Flush();
        }
        _batch.Clear();
        Mesh?.Flush();
    }

    private static HubInput.Overflowed Overflowed(ConnectionId full) => new(full);

    private void Refuse(HubEffect.Refuse refuse)
    {
        metrics.Refused(refuse.Why);
        if (!connections.TryGetValue(refuse.To, out var connection))
        {
            return;
        }
        var (code, reason) = connection.Session.CloseFor(refuse.Why);
        // A frame that says why is worth a try; a reader so slow that it does not fit has the close code.
        One(refuse.To, refuse, mayDrop: true);
        if (code != 0)
        {
            connection.Gone();
            connection.Socket.Close(code, reason);
        }
    }

    private bool One(ConnectionId to, HubEffect effect, bool mayDrop = false)
    {
        if (!connections.TryGetValue(to, out var connection) || !connection.Session.TryWrite(effect, _now, _scratch.Clear()))
        {
            return true;
        }
        bool sent = Deliver(connection);
        if (!sent && !mayDrop)
        {
            Post(new HubInput.Overflowed(to));
        }
        return sent;
    }

    private void Many(Recipients to, HubEffect effect, Func<ConnectionId, HubInput> whenFull)
    {
        IDoorSession? writtenFor = null;
        foreach (var id in to.All)
        {
            if (id == to.Except || !connections.TryGetValue(id, out var connection))
            {
                continue;
            }
            bool reuse = writtenFor is { SharesFrames: true } && writtenFor.GetType() == connection.Session.GetType();
            if (!reuse)
            {
                if (!connection.Session.TryWrite(effect, _now, _scratch.Clear()))
                {
                    continue;
                }
                writtenFor = connection.Session;
            }
            if (!Deliver(connection))
            {
                Post(whenFull(id));
            }
        }
    }

    private bool Deliver(HubConnection connection)
    {
        if (!connection.Socket.TrySend(_scratch.Written, connection.Session.WritesText))
        {
            metrics.Dropped();
            return false;
        }
        metrics.Delivered(_scratch.Length);
        if (!connection.InBatch)
        {
            connection.InBatch = true;
            _batch.Add(connection);
        }
        return true;
    }
}
