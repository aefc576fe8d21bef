using Roost.Core.Cores;
using Roost.Mesh.Federation;
using Roost.Mesh.Leases;
using Roost.Mesh.Links;
using Roost.Mesh.Membership;

namespace Roost.Mesh.Routing;

/// <summary>
/// Brings signals to peers at other hubs: at most once, since nothing that was sent is sent again unless it came back undelivered;
/// in order per pair, since all of a pair go one way and wait in one queue, and another way is taken only when nothing can come back from the one before.
/// </summary>
internal sealed partial class Router(MeshState mesh, Roll roll, LeaseTable leases, Announcer locals, Finder finder)
{
    private const int FrameSize = 256; // About what one takes beside its body.

    private readonly Dictionary<PeerKey, Queue<Arrived>> _unproven = [];
    private int _count, _bytes;

    private readonly record struct Arrived(MeshFrame.Signal Signal, Link From, Instant Until);

    public int ParkedCount => _count;

    /// <summary>From a peer here to one that is not. False: there is nowhere to look.</summary>
    public bool TryRoute(MeshFrame.Signal signal)
    {
        var key = new PeerKey(signal.Network, signal.To);
        if (!_parked.ContainsKey(key) && HomeOf(key) is { } home && !MustWait(key, home))
        {
            mesh.Counters.SignalsOut++;
            mesh.Send(home, signal);
            return true;
        }
        return roll.Up > 0 && Park(key, signal);
    }

    /// <summary>From another hub: only if its link may speak for the source.</summary>
    public void Arrive(Link from, MeshFrame.Signal signal)
    {
        var source = new PeerKey(signal.Network, signal.From);
        if (signal.Hops > MeshTypes.MaxHops || locals.Has(source))
        {
            mesh.Counters.NotYours++;
            return;
        }
        if (!_unproven.ContainsKey(source) && leases.Get(source) is { } lease && lease.Home == from.Hub.Id.Short)
        {
            Deliver(from, signal);
            return;
        }
        if (leases.GetOwned(source) is { } owned && owned.Home != from.Hub.Id.Short)
        {
            mesh.Counters.NotYours++;
            return;
        }
        // The lease is not here yet: ask its owners before believing the link.
        if (!HasRoom(signal) || from.Hub.Unproven.Count >= mesh.Options.MaxParked / 4 || from.Hub.Unproven.Bytes + SizeOf(signal) > mesh.Options.MaxParkedBytes / 4)
        {
            mesh.Counters.Overflowed++;
            return;
        }
        leases.Invalidate(source);
        Count(signal, 1, from.Hub);
        (_unproven.TryGetValue(source, out var queue) ? queue : _unproven[source] = []).Enqueue(new((MeshFrame.Signal)MeshState.WithOwnBody(signal), from, mesh.Now + mesh.Options.SignalingTimeout));
        finder.Ask(source, claimant: from.Hub);
        mesh.Later(mesh.Options.SignalingTimeout, "drop signals of an unproven source", () => SettleUnproven(source));
    }

    /// <summary>A signal came back.</summary>
    public void Returned(KnownHub by, MeshFrame.Nack nack)
    {
        var signal = nack.Returned;
        if (!locals.Has(new(signal.Network, signal.From)))
        {
            return;
        }
        var key = new PeerKey(signal.Network, signal.To);
        if (signal.Hops <= 1 || !WentTo(key, by))
        {
            // What it never got it cannot give back: else any hub could have signals of its own making sent from here.
            mesh.Host.Undeliverable(signal);
            return;
        }
        leases.Invalidate(key);
        // What was sent after it comes back after it, before the answer to this question.
        AskWhetherAll(key, by, nack.MovedTo != by.Id.Short ? nack.MovedTo : 0);
        if (!Park(key, signal with { Hops = (byte)(signal.Hops - 1) }, by.Id.Short, isReturned: true))
        {
            mesh.Host.Undeliverable(signal);
        }
    }

    /// <summary>A link that this waited for did not come about.</summary>
    public void GaveUp(MeshFrame frame)
    {
        switch (frame)
        {
            case MeshFrame.Signal signal when locals.Has(new(signal.Network, signal.From)):
                if (!Park(new(signal.Network, signal.To), signal, isReturned: true))
                {
                    mesh.Host.Undeliverable(signal);
                }
                break;
            case MeshFrame.Find find:
                finder.Unasked(find);
                break;
        }
    }

    /// <summary>Something became known of where a peer is.</summary>
    public void Found(PeerKey key)
    {
        if (_unproven.ContainsKey(key))
        {
            SettleUnproven(key);
        }
        SendParked(key);
    }

    private KnownHub? HomeOf(PeerKey key) => leases.Get(key) is { } lease && roll.Find(lease.Home) is { IsUp: true } home ? home : null;

    private void SettleUnproven(PeerKey source)
    {
        if (!_unproven.Remove(source, out var queue))
        {
            return;
        }
        var lease = leases.Get(source);
        var keep = new Queue<Arrived>();
        foreach (var arrived in queue)
        {
            if (lease?.Home == arrived.From.Hub.Id.Short)
            {
                Count(arrived.Signal, -1, arrived.From.Hub);
                Deliver(arrived.From, arrived.Signal);
            }
            else if (lease is null && arrived.Until > mesh.Now)
            {
                keep.Enqueue(arrived);
            }
            else
            {
                Count(arrived.Signal, -1, arrived.From.Hub);
                mesh.Counters.NotYours++;
            }
        }
        if (keep.Count > 0)
        {
            _unproven[source] = keep;
        }
    }

    private bool HasRoom(MeshFrame.Signal signal) => _count < mesh.Options.MaxParked && _bytes + SizeOf(signal) <= mesh.Options.MaxParkedBytes;

    private void Count(MeshFrame.Signal signal, int by, KnownHub? unprovenOf = null)
    {
        int bytes = by * SizeOf(signal);
        (_count, _bytes) = (_count + by, _bytes + bytes);
        if (unprovenOf is not null)
        {
            unprovenOf.Unproven = (unprovenOf.Unproven.Count + by, unprovenOf.Unproven.Bytes + bytes);
        }
    }

    private static int SizeOf(MeshFrame.Signal signal) => signal.Body.Length + FrameSize;

    private void Deliver(Link from, MeshFrame.Signal signal)
    {
        if (mesh.Host.TryDeliver(signal))
        {
            mesh.Counters.SignalsIn++;
            return;
        }
        // A forwarding stub: whoever asks a former home is told where the peer went, and gets its signal back.
        mesh.Send(from.Hub, new MeshFrame.Nack(leases.Get(new(signal.Network, signal.To))?.Home ?? 0, signal));
    }
}
