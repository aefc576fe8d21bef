using Roost.Mesh.Sessions;
using Roost.Testing;

namespace Roost.Tests.Mesh.Sessions;

/// <summary>A direct link between a host and a viewer in virtual time: ordered and lossless until it stalls or dies, which each side notices when it does.</summary>
internal sealed class SimDirectLink
{
    private const int FullBytes = 20_000;

    private readonly SimWorld _world;
    private readonly SimHost _host;
    private readonly SimViewer _viewer;
    private readonly TimeSpan _latency;
    private readonly List<Action> _held = [];
    private int _queued;
    private bool _isFull;
    private bool _isStalled;
    private bool _isDead;
    private bool _isReplaced;

    public SimDirectLink(SimWorld world, SimHost host, SimViewer viewer)
    {
        (_world, _host, _viewer) = (world, host, viewer);
        _latency = TimeSpan.FromMilliseconds(1 + world.Dice.Next(50));
        viewer.Link?.Replace();
        host.Links[viewer.Id] = this;
        viewer.Link = this;
        Tell(up: true);
    }

    /// <summary>The most that the host ever had in it: a viewer that stops reading must not cost more.</summary>
    public int MostQueued { get; private set; }

    public bool IsDead => _isDead;

    public void ToViewer(byte[] payload)
    {
        _queued += payload.Length;
        MostQueued = Math.Max(MostQueued, _queued);
        if (_queued > FullBytes && !_isFull)
        {
            _isFull = true;
            _host.Hear(new StreamHostInput.LinkFull(_viewer.Id));
        }
        Carry(() =>
        {
            _queued -= payload.Length;
            _viewer.Hear(new StreamViewerInput.HeardDirect(_host.Id, payload));
            if (_isFull && _queued == 0)
            {
                _isFull = false;
                _host.Hear(new StreamHostInput.LinkDrained(_viewer.Id));
            }
        });
    }

    public void ToHost(byte[] payload) => Carry(() => _host.Hear(new StreamHostInput.HeardDirect(_viewer.Id, payload)));

    /// <summary>Nothing gets through; both sides notice, at times of their own. Later it all does, and both notice that.</summary>
    public void Stall(TimeSpan time)
    {
        if (_isDead || _isStalled)
        {
            return;
        }
        _isStalled = true;
        Tell(up: false);
        _world.After(TimeSpan.FromSeconds(8) + time, () =>
        {
            ReadOn();
            if (!_isDead)
            {
                Tell(up: true);
            }
        });
    }

    /// <summary>The viewer lives but reads no more, as a program does that is held up.</summary>
    public void StopReading() => _isStalled = true;

    public void ReadOn()
    {
        _isStalled = false;
        foreach (var frame in _held)
        {
            _world.After(_latency, () => Deliver(frame));
        }
        _held.Clear();
    }

    /// <summary>What is under way is lost.</summary>
    public void Kill()
    {
        if (!_isDead)
        {
            _isDead = true;
            Tell(up: false);
        }
    }

    /// <summary>Another link takes the place of this one: who has not noticed yet that it is dead does so at once.</summary>
    private void Replace()
    {
        TellHost(up: false);
        TellViewer(up: false);
        _isReplaced = true;
    }

    private void Tell(bool up)
    {
        After(() => TellHost(up));
        After(() => TellViewer(up));

        void After(Action tell) => _world.After(up ? TimeSpan.FromMilliseconds(_world.Dice.Next(100)) : TimeSpan.FromMilliseconds(_world.Dice.Next(7000)), tell);
    }

    private void TellHost(bool up)
    {
        if (!_isReplaced && !(up && _isDead))
        {
            _host.Hear(up ? new StreamHostInput.LinkUp(_viewer.Id) : new StreamHostInput.LinkDown(_viewer.Id));
        }
    }

    private void TellViewer(bool up)
    {
        if (!_isReplaced && !(up && _isDead))
        {
            _viewer.Hear(up ? new StreamViewerInput.LinkUp(_host.Id) : new StreamViewerInput.LinkDown(_host.Id));
        }
    }

    private void Carry(Action frame)
    {
        if (_isStalled)
        {
            _held.Add(frame);
        }
        else
        {
            _world.After(_latency, () => Deliver(frame));
        }
    }

    private void Deliver(Action frame)
    {
        if (_isStalled)
        {
            _held.Add(frame);
        }
        else if (!_isDead)
        {
            frame();
        }
    }
}
