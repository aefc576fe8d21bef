using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Hubs;

namespace Roost.Mesh.Introductions;

/// <summary>
/// Decides who of one network hears of whom and when, so that the clients' own mesh forms fast and stays in one piece.
/// </summary>
/// <remarks>
/// PeerPigeon's server tells everybody of everybody; its clients then offer to all at once, refuse each other and take 4 to 60 s.
/// Here a newcomer is introduced to one or two peers with a free slot; of each pair the larger id, which makes the offer, hears first,
/// so that the smaller does not offer too. What passes as signaling tells which pairs became links. Not thread-safe; owned by a core.
/// </remarks>
internal sealed partial class Introducer(HubLimits limits, Dice dice)
{
    /// <summary>How much later the smaller id of a pair hears of the larger. Long enough for offer and answer; measured with 1.1.3.</summary>
    private static readonly TimeSpan SmallerLater = TimeSpan.FromSeconds(1.5);

    /// <summary>How long a pair has to pass an answer before both are introduced elsewhere.</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    /// <summary>How long a small network must be calm before everybody is told of everybody: shaping first makes the links.</summary>
    private static readonly TimeSpan CalmBeforeFull = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Clients forget unlinked peers 5:00 to 5:30 after they first heard of them and ignore repetitions until then, so that saying it
    /// again earlier would be lost.
    /// </summary>
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(335);

    private readonly Dictionary<PeerId, Guest> _guests = [];
    private readonly List<Guest> _list = [];
    private readonly PriorityQueue<(Deed Deed, Acquaintance? Pair), Instant> _due = new();
    private readonly Queue<Introduction> _told = [];
    private Instant _calmUntil = Instant.Never;

    private enum Deed
    {
        TellSmaller,
        GiveUp,
        Mend,
        Complete,
        Again,
    }

    /// <summary>When something is due; null for never.</summary>
    public Wake? NextWake => _due.TryPeek(out var next, out var at) ? new Wake(at, $"introductions: {next.Deed}") : null;

    /// <summary>Takes the next introduction to be made.</summary>
    public bool TryTake(out Introduction introduction) => _told.TryDequeue(out introduction);

    /// <summary>A peer came, or says again how many links it takes.</summary>
    public void Arrive(PeerId peer, int maxLinks, Instant now)
    {
        if (_guests.TryGetValue(peer, out var known))
        {
            known.MaxLinks = maxLinks;
            return;
        }
        if (_list.Count == 0)
        {
            _due.Enqueue((Deed.Again, null), now + AgainAfter);
        }
        var guest = new Guest(peer, maxLinks);
        if (limits.Discovery == DiscoveryMode.Full)
        {
            foreach (var other in _list)
            {
                Introduce(guest, other, now);
            }
        }
        else
        {
            Shape(guest, now);
        }
        _guests.Add(peer, guest);
        _list.Add(guest);
        if (limits.Discovery == DiscoveryMode.Auto && _list.Count <= limits.AutoFullUpTo)
        {
            _calmUntil = now + CalmBeforeFull;
            _due.Enqueue((Deed.Complete, null), _calmUntil);
        }
    }

    /// <summary>A peer went. Returns who had been told of it.</summary>
    public List<PeerId> Depart(PeerId peer, Instant now)
    {
        var told = new List<PeerId>();
        if (!_guests.Remove(peer, out var guest))
        {
            return told;
        }
        _list.Remove(guest);
        foreach (var pair in guest.Known.Values)
        {
            var other = pair.Other(guest);
            if (pair.SmallerKnows || pair.Larger == other)
            {
                told.Add(other.Id);
            }
            Release(pair);
            other.Known.Remove(peer);
        }
        if (_list.Count == 0)
        {
            _due.Clear();
        }
        else if (limits.Discovery != DiscoveryMode.Full)
        {
            _due.Enqueue((Deed.Mend, null), now + MendAfter);
        }
        return told;
    }

    /// <summary>An answer from one peer to another passed: they are about to be linked.</summary>
    public void Answered(PeerId from, PeerId to, Instant now)
    {
        if (!_guests.TryGetValue(from, out var one) || !_guests.TryGetValue(to, out var other) || one == other)
        {
            return;
        }
        if (!one.Known.TryGetValue(to, out var pair))
        {
            pair = Acquaint(one, other, now); // They learned of each other from their own gossip.
            pair.SmallerKnows = true;
        }
        else if (!pair.Linked && !pair.Pending)
        {
            one.Links++;
            other.Links++;
        }
        (pair.Linked, pair.Pending) = (true, false);
        one.InVain = other.InVain = 0;
    }

    /// <summary>Does what is due.</summary>
    public void Tick(Instant now)
    {
        while (_due.TryPeek(out var next, out var at) && at <= now)
        {
            _due.Dequeue();
            switch (next.Deed)
            {
                case Deed.TellSmaller when IsCurrent(next.Pair!) && !next.Pair!.SmallerKnows:
                    next.Pair.SmallerKnows = true;
                    _told.Enqueue(new(next.Pair.Smaller.Id, next.Pair.Larger.Id));
                    break;
                case Deed.GiveUp when IsCurrent(next.Pair!) && next.Pair!.Pending:
                    GiveUp(next.Pair, now);
                    break;
                case Deed.Mend:
                    Mend(now);
                    break;
                case Deed.Complete when at == _calmUntil && _list.Count <= limits.AutoFullUpTo:
                    TellAllOfAll(now);
                    break;
                case Deed.Again:
                    Again(now);
                    break;
            }
        }
    }

    private void Shape(Guest newcomer, Instant now)
    {
        int free = 0;
        var candidates = new List<Guest>();
        foreach (var guest in _list)
        {
            if (guest.FreeSlots > 0)
            {
                free += guest.FreeSlots;
                candidates.Add(guest);
            }
        }
        if (candidates.Count == 0)
        {
            if (_list.Count > 0)
            {
                Introduce(newcomer, Pick(_list, newcomer), now);
            }
            return;
        }
        // Two links cost four slots and bring three: only while there is plenty.
        for (int wanted = free >= 4 ? 2 : 1; wanted > 0 && candidates.Count > 0; wanted--)
        {
            int at = dice.Next(candidates.Count);
            Introduce(newcomer, candidates[at], now);
            candidates.RemoveAt(at);
        }
    }

    private void Introduce(Guest one, Guest other, Instant now)
    {
        if (one.Known.TryGetValue(other.Id, out var known))
        {
            if (known.Linked || known.Pending)
            {
                return;
            }
            Forget(known);
        }
        var pair = Acquaint(one, other, now);
        _told.Enqueue(new(pair.Larger.Id, pair.Smaller.Id));
        _due.Enqueue((Deed.TellSmaller, pair), now + SmallerLater);
        _due.Enqueue((Deed.GiveUp, pair), now + AnswerWithin);
    }

    private static Acquaintance Acquaint(Guest one, Guest other, Instant now)
    {
        bool larger = string.CompareOrdinal(one.Text, other.Text) > 0;
        var pair = new Acquaintance(larger ? one : other, larger ? other : one, now);
        one.Known[other.Id] = other.Known[one.Id] = pair;
        one.Links++;
        other.Links++;
        return pair;
    }

    private bool IsCurrent(Acquaintance pair) =>
        pair.Larger.Known.TryGetValue(pair.Smaller.Id, out var current) && current == pair && _guests.ContainsKey(pair.Larger.Id);

    private static void Release(Acquaintance pair)
    {
        if (pair.Linked || pair.Pending)
        {
            pair.Larger.Links--;
            pair.Smaller.Links--;
        }
        pair.Linked = pair.Pending = false;
    }

    private static void Forget(Acquaintance pair)
    {
        Release(pair);
        pair.Larger.Known.Remove(pair.Smaller.Id);
        pair.Smaller.Known.Remove(pair.Larger.Id);
    }
}
