using Roost.Testing;

namespace Roost.Tests.Mesh.Sessions;

/// <summary>A direct link between two peers in virtual time: ordered and lossless until it stalls or dies, which each side notices when it does.</summary>
internal sealed class SimDirectLink
{
    private const int FullBytes = 20_000;

    private readonly SimWorld _world;
    private readonly End _first;
    private readonly End _second;
    private readonly TimeSpan _latency;
    private readonly List<Action> _held = [];
    private bool _isStalled;
    private bool _isDead;
    private bool _isReplaced;

    public SimDirectLink(SimWorld world, ISimEnd first, ISimEnd second)
    {
        _world = world;
        _latency = TimeSpan.FromMilliseconds(1 + world.Dice.Next(50));
        (_first, _second) = (new(first, second), new(second, first));
        first.Links.GetValueOrDefault(second.Id)?.Replace();
        first.Links[second.Id] = this;
        second.Links[first.Id] = this;
        Tell(up: true);
    }

    /// <summary>The most that one side ever had in it: a peer that stops reading must not cost more.</summary>
    public int MostQueued { get; private set; }

    public bool IsDead => _isDead;

    public void Send(ISimEnd from, byte[] payload)
    {
        var end = _first.Here == from ? _first : _second;
        end.Queued += payload.Length;
        MostQueued = Math.Max(MostQueued, end.Queued);
        if (end.Queued > FullBytes && !end.IsFull)
        {
            end.IsFull = true;
            end.Tell(SimLinkNews.Full);
        }
        Carry(() =>
        {
            end.Queued -= payload.Length;
            end.There.LinkBrought(end.Here.Id, payload);
            if (end.IsFull && end.Queued == 0)
            {
                end.IsFull = false;
                end.Tell(SimLinkNews.Drained);
            }
        });
    }

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

    /// <summary>A peer lives but reads no more, as a program does that is held up.</summary>
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
        Tell(_first, up: false);
        Tell(_second, up: false);
        _isReplaced = true;
    }

    private void Tell(bool up)
    {
        foreach (var end in new[] { _first, _second })
        {
            _world.After(TimeSpan.FromMilliseconds(_world.Dice.Next(up ? 100 : 7000)), () => Tell(end, up));
        }
    }

    private void Tell(End end, bool up)
    {
        if (!_isReplaced && !(up && _isDead))
        {
            end.Tell(up ? SimLinkNews.Up : SimLinkNews.Down);
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

    private sealed class End(ISimEnd here, ISimEnd there)
    {
        public ISimEnd Here => here;

        public ISimEnd There => there;

        public int Queued { get; set; }

        public bool IsFull { get; set; }

        public void Tell(SimLinkNews news) => here.LinkSaid(there.Id, news);
    }
}
