using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Hubs;

namespace Roost.Mesh.Introductions;

// Keeping the mesh in one piece: after a departure or an introduction that came to nothing, whoever is cut off is introduced again.
internal sealed partial class Introducer
{
    /// <summary>Several departures at once are mended at once.</summary>
    private static readonly TimeSpan MendAfter = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait of a peer whose introductions keep coming to nothing.</summary>
    private const int MostInVain = 6;

    private Instant _mendedAt = Instant.Epoch;

    private void GiveUp(Acquaintance pair, Instant now)
    {
        Release(pair);
        foreach (var guest in (ReadOnlySpan<Guest>)[pair.Larger, pair.Smaller])
        {
            if (guest.Links > 0)
            {
                continue; // It answers others, so it was not the deaf one.
            }
            guest.InVain = Math.Min(guest.InVain + 1, MostInVain);
            guest.NotBefore = now + AnswerWithin * ((1 << guest.InVain) - 2); // 0, 10, 30, … 310 s
        }
        if (limits.Discovery != DiscoveryMode.Full)
        {
            Mend(now);
        }
    }

    private void Mend(Instant now)
    {
        if (_list.Count < 2 || now - _mendedAt < MendAfter)
        {
            if (_list.Count >= 2)
            {
                _due.Enqueue((Deed.Mend, null), _mendedAt + MendAfter);
            }
            return;
        }
        _mendedAt = now;
        var pieces = Pieces();
        if (pieces.Count < 2)
        {
            return;
        }
        var main = pieces.MaxBy(piece => piece.Count)!;
        var next = Instant.Never;
        foreach (var piece in pieces)
        {
            if (piece == main)
            {
                continue;
            }
            var delegated = piece.MaxBy(guest => guest.FreeSlots)!;
            if (delegated.NotBefore <= now)
            {
                Introduce(delegated, Pick(main, delegated), now);
            }
            else
            {
                next = Instant.Min(next, delegated.NotBefore);
            }
        }
        if (next != Instant.Never)
        {
            _due.Enqueue((Deed.Mend, null), next);
        }
    }

    /// <summary>Someone with a free slot; else someone whose id is smaller, since only an offer from a larger id makes a full client let another go.</summary>
    private Guest Pick(List<Guest> from, Guest asking)
    {
        var others = from.Where(guest => guest != asking).ToList();
        var free = others.FindAll(guest => guest.FreeSlots > 0 && !IsLinked(guest, asking));
        if (free.Count == 0)
        {
            free = others.FindAll(guest => string.CompareOrdinal(guest.Text, asking.Text) < 0);
        }
        return free.Count > 0 ? free[dice.Next(free.Count)] : others[dice.Next(others.Count)];
    }

    private static bool IsLinked(Guest one, Guest other) => one.Known.TryGetValue(other.Id, out var pair) && (pair.Linked || pair.Pending);

    private List<List<Guest>> Pieces()
    {
        var seen = new HashSet<PeerId>();
        var pieces = new List<List<Guest>>();
        foreach (var start in _list)
        {
            if (!seen.Add(start.Id))
            {
                continue;
            }
            var piece = new List<Guest> { start };
            for (int i = 0; i < piece.Count; i++)
            {
                foreach (var pair in piece[i].Known.Values)
                {
                    var other = pair.Other(piece[i]);
                    if ((pair.Linked || pair.Pending) && seen.Add(other.Id))
                    {
                        piece.Add(other);
                    }
                }
            }
            pieces.Add(piece);
        }
        return pieces;
    }

    private void TellAllOfAll(Instant now)
    {
        for (int i = 0; i < _list.Count; i++)
        {
            for (int j = i + 1; j < _list.Count; j++)
            {
                if (!_list[i].Known.ContainsKey(_list[j].Id))
                {
                    Introduce(_list[i], _list[j], now);
                }
            }
        }
    }

    private void Again(Instant now)
    {
        _due.Enqueue((Deed.Again, null), now + AgainAfter);
        bool full = limits.Discovery == DiscoveryMode.Full || (limits.Discovery == DiscoveryMode.Auto && _list.Count <= limits.AutoFullUpTo);
        if (full)
        {
            // Both ends of every pair forget; linked ones too, which then vanish from an app's list of peers.
            foreach (var pair in _list.SelectMany(guest => guest.Known.Values.Where(pair => pair.Larger == guest)))
            {
                _told.Enqueue(new(pair.Larger.Id, pair.Smaller.Id));
                _told.Enqueue(new(pair.Smaller.Id, pair.Larger.Id));
            }
            return;
        }
        // A quarter of those with a free slot get another link: what began as a tree becomes a mesh.
        foreach (var guest in _list.Where(guest => guest.FreeSlots > 0 && dice.Next(4) == 0).ToList())
        {
            var strangers = _list.Where(other => other != guest && other.FreeSlots > 0 && !IsLinked(guest, other)).ToList();
            if (strangers.Count > 0 && guest.FreeSlots > 0)
            {
                Introduce(guest, strangers[dice.Next(strangers.Count)], now);
            }
        }
    }
}
