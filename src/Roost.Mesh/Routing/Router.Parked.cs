using Roost.Core.Cores;
using Roost.Mesh.Federation;
using Roost.Mesh.Membership;

namespace Roost.Mesh.Routing;

// Signals that wait: for their target to be found, or for the hub where it was to have given back all that it got for it.
internal sealed partial class Router
{
    private const uint FirstEcho = 0xC000_0000; // Below are the pings of Watch and of Moves.
    private static readonly TimeSpan RecentFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<PeerKey, Waiting> _parked = [];
    private readonly Dictionary<uint, PeerKey> _asked = [];
    private Dictionary<PeerKey, KnownHub> _recent = [], _lessRecent = [];
    private Instant _recentSince = Instant.Epoch;
    private uint _lastEcho = FirstEcho;

    private readonly record struct Parked(MeshFrame.Signal Signal, Instant Until);

    private sealed class Waiting
    {
        /// <summary>Were on their way once: older than what was never sent.</summary>
        public Queue<Parked> Returned { get; } = [];

        public Queue<Parked> Fresh { get; } = [];

        /// <summary>The question whether the former home has given back all; 0: none is open.</summary>
        public uint Echo { get; set; }

        /// <summary>Who was asked that.</summary>
        public KnownHub? Former { get; set; }

        /// <summary>Where the former home says that the target went; 0: it does not know.</summary>
        public ulong MovedTo { get; set; }

        public int Count => Returned.Count + Fresh.Count;
    }

    /// <summary>A hub answers a ping. False: not one of these.</summary>
    public bool HasGivenBack(KnownHub by, MeshFrame.Pong pong)
    {
        if (pong.Echo < FirstEcho)
        {
            return false;
        }
        if (_asked.TryGetValue(pong.Echo, out var key) && _parked.TryGetValue(key, out var waiting) && waiting.Former == by)
        {
            GaveBack(key, pong.Echo);
        }
        return true;
    }

    /// <summary>The link to a hub ended: it gives nothing back any more.</summary>
    public void LinkLost(KnownHub hub)
    {
        foreach (var (echo, key) in _asked.Where(asked => _parked.TryGetValue(asked.Value, out var waiting) && waiting.Former == hub).ToList())
        {
            GaveBack(key, echo);
        }
    }

    /// <summary>Whether signals of late went to another hub that may still give some back; it is asked. Else notes that they go there.</summary>
    private bool MustWait(PeerKey key, KnownHub home)
    {
        if (mesh.Now - _recentSince >= RecentFor)
        {
            (_recent, _lessRecent) = (_lessRecent, _recent);
            _recent.Clear();
            _recentSince = mesh.Now;
        }
        if (_recent.TryGetValue(key, out var last) && last == home)
        {
            return false;
        }
        if ((last is not null || _lessRecent.TryGetValue(key, out last)) && last != home && last is { IsUp: true, Link: not null })
        {
            AskWhetherAll(key, last, 0);
            return true;
        }
        _recent[key] = home;
        return false;
    }

    private void AskWhetherAll(PeerKey key, KnownHub former, ulong movedTo)
    {
        if (!_parked.TryGetValue(key, out var waiting))
        {
            _parked[key] = waiting = new();
        }
        waiting.MovedTo = movedTo != 0 ? movedTo : waiting.MovedTo;
        if (waiting.Echo != 0)
        {
            return;
        }
        uint echo = _lastEcho = Math.Max(_lastEcho + 1, FirstEcho);
        (waiting.Echo, waiting.Former) = (echo, former);
        _asked[echo] = key;
        mesh.Send(former, new MeshFrame.Ping(echo));
        mesh.Later(Patience, "a former home does not answer", () => GaveBack(key, echo));
    }

    private void GaveBack(PeerKey key, uint echo)
    {
        if (_asked.Remove(echo) && _parked.TryGetValue(key, out var waiting) && waiting.Echo == echo)
        {
            var former = waiting.Former;
            (waiting.Echo, waiting.Former) = (0, null);
            _recent.Remove(key);
            _lessRecent.Remove(key);
            SendParked(key, former);
        }
    }

    /// <summary>Whether signals for a target went to a hub of late, so that it may give some back.</summary>
    private bool WentTo(PeerKey key, KnownHub hub) => (_recent.TryGetValue(key, out var last) || _lessRecent.TryGetValue(key, out last)) && last == hub;

    /// <summary>Sends what waits for a target, if it is known where to.</summary>
    /// <param name="key">Who.</param>
    /// <param name="former">Where it is no more, whatever a lease of old says.</param>
    private void SendParked(PeerKey key, KnownHub? former = null)
    {
        if (!_parked.TryGetValue(key, out var waiting) || waiting.Echo != 0)
        {
            return;
        }
        if (locals.Has(key))
        {
            Release(key, waiting, signal => _ = mesh.Host.TryDeliver(signal) || Refuse(signal));
            return;
        }
        var home = roll.Find(waiting.MovedTo) is { IsUp: true } moved ? moved : HomeOf(key);
        if (home is null || home == former)
        {
            if (waiting.Count == 0)
            {
                Forget(key);
            }
            else
            {
                finder.Ask(key, former?.Id.Short ?? 0);
            }
            return;
        }
        if (!MustWait(key, home))
        {
            Release(key, waiting, signal =>
            {
                mesh.Counters.SignalsOut++;
                mesh.Send(home, signal);
            });
        }
    }

    private void Release(PeerKey key, Waiting waiting, Action<MeshFrame.Signal> send)
    {
        Forget(key);
        foreach (var parked in waiting.Returned.Concat(waiting.Fresh))
        {
            Count(parked.Signal, -1);
            send(parked.Signal);
        }
    }

    private void Forget(PeerKey key)
    {
        _parked.Remove(key);
        if (!_unproven.ContainsKey(key))
        {
            finder.Stop(key);
        }
    }

    private bool Refuse(MeshFrame.Signal signal)
    {
        mesh.Host.Undeliverable(signal);
        return true;
    }

    private bool Park(PeerKey key, MeshFrame.Signal signal, ulong wrongHome = 0, bool isReturned = false)
    {
        var waiting = _parked.TryGetValue(key, out var known) ? known : new();
        if (waiting is { Echo: not 0 } && waiting.Count >= mesh.Options.MaxParkedPerTarget)
        {
            GaveBack(key, waiting.Echo); // Rather out of order than lost.
            if (!_parked.ContainsKey(key))
            {
                return isReturned ? Park(key, signal, wrongHome, isReturned) : TryRoute(signal);
            }
        }
        if (!HasRoom(signal) || waiting.Count >= mesh.Options.MaxParkedPerTarget)
        {
            mesh.Counters.Overflowed++;
            return false;
        }
        _parked[key] = waiting;
        (isReturned ? waiting.Returned : waiting.Fresh).Enqueue(new((MeshFrame.Signal)MeshState.WithOwnBody(signal), mesh.Now + mesh.Options.SignalingTimeout));
        Count(signal, 1);
        if (waiting.Echo == 0 || wrongHome != 0 || HomeOf(key) is null)
        {
            finder.Ask(key, wrongHome);
        }
        mesh.Later(mesh.Options.SignalingTimeout, "give up on parked signals", () => Expire(key));
        return true;
    }

    private void Expire(PeerKey key)
    {
        if (!_parked.TryGetValue(key, out var waiting))
        {
            return;
        }
        foreach (var queue in (Queue<Parked>[])[waiting.Returned, waiting.Fresh])
        {
            while (queue.TryPeek(out var parked) && parked.Until <= mesh.Now)
            {
                queue.Dequeue();
                Count(parked.Signal, -1);
                mesh.Host.Undeliverable(parked.Signal);
            }
        }
        if (waiting is { Count: 0, Echo: 0 })
        {
            Forget(key);
        }
    }
}
