using Roost.Core.Codec;
using Roost.Core.Cores;
using Roost.Mesh.Doors;
using Roost.Mesh.Hubs;
using Roost.Testing;

namespace Roost.Tests.Mesh.Sessions;

/// <summary>A TCP connection in virtual time: in order, whole, with latency; until it is cut. The hub's side has a bounded queue that drains at the reader's pace.</summary>
internal sealed class SimSocket(SimWorld world, TimeSpan latency, TimeSpan perFrame, Action<byte[]> toPeer, Action<string> closed)
{
    private readonly Queue<byte[]> _queue = new();
    private RoostSession? _session;
    private Action<byte[]>? _read;
    private Action? _gone;
    private Action? _writable;
    private int _maxQueued;
    private bool _wasFull;
    private bool _draining;
    private Instant _lastUp;
    private Instant _lastDown;

    public bool IsCut { get; private set; }

    public int Queued => _queue.Count;

    public void Attach(RoostSession session, ConnectionId id, int maxQueued, Action<byte[]> read, Action gone, Action writable)
    {
        _ = id;
        (_session, _maxQueued, _read, _gone, _writable) = (session, maxQueued, read, gone, writable);
    }

    public bool TryWrite(HubEffect effect, Instant now, ByteWriter output) => _session!.TryWrite(effect, now, output);

    public int CloseCodeFor(Refusal why) => _session!.CloseFor(why).Code;

    /// <summary>The peer sends.</summary>
    public void ToHub(byte[] message)
    {
        _lastUp = Later(ref _lastUp);
        world.After(_lastUp - world.Now, () =>
        {
            if (!IsCut)
            {
                _read?.Invoke(message);
            }
        });
    }

    /// <summary>The hub sends: false when the queue is full.</summary>
    public bool ToPeer(byte[] message)
    {
        if (IsCut)
        {
            return true;
        }
        if (_queue.Count >= _maxQueued)
        {
            _wasFull = true;
            return false;
        }
        _queue.Enqueue(message);
        if (!_draining)
        {
            _draining = true;
            world.After(perFrame, DrainOne);
        }
        return true;
    }

    /// <summary>Both ends learn of it: the peer after the latency, the hub at once.</summary>
    public void Cut(string why)
    {
        if (!IsCut)
        {
            IsCut = true;
            _gone?.Invoke();
            world.After(latency, () => closed(why));
        }
    }

    private void DrainOne()
    {
        if (IsCut)
        {
            return;
        }
        var message = _queue.Dequeue();
        _lastDown = Later(ref _lastDown);
        world.After(_lastDown - world.Now, () =>
        {
            if (!IsCut)
            {
                toPeer(message);
            }
        });
        _draining = _queue.Count > 0;
        if (_draining)
        {
            world.After(perFrame, DrainOne);
        }
        else if (_wasFull)
        {
            _wasFull = false;
            _writable?.Invoke();
        }
    }

    // Latency with jitter, but never overtaking: it is a stream.
    private Instant Later(ref Instant last)
    {
        var at = world.Now + latency * (0.5 + world.Dice.NextDouble());
        return at > last ? at : last;
    }
}
