using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;
using Roost.Core.Identity;

namespace Roost.Mesh.Signaling;

/// <summary>
/// When to offer, answer, restart, rebuild and give up direct links to members of a room, and when one that is open counts as stalled
/// (docs/protocol/signaling.md). Frames go over the hub whenever a link is not up, so nothing here is urgent.
/// </summary>
/// <remarks>A pure core; one driver.</remarks>
/// <param name="options">Who this is and what it does.</param>
/// <param name="dice">Names connections.</param>
public sealed partial class DirectLinksCore(DirectOptions options, Dice dice) : IProtocolCore<DirectInput, DirectEffect>
{
    private readonly Queue<DirectEffect> _effects = new();
    private readonly Dictionary<PeerId, DirectLink> _links = [];
    private bool _isOnline;
    private bool _freed;

    /// <summary>Links that are up.</summary>
    public int Count => _links.Values.Count(l => l.State == DirectState.Up);

    /// <inheritdoc/>
    public Wake? NextWake
    {
        get
        {
            var at = Instant.Never;
            foreach (var link in _links.Values)
            {
                at = Instant.Min(at, link.WakeAt);
            }
            return at == Instant.Never ? null : new Wake(at, "direct links");
        }
    }

    /// <inheritdoc/>
    public void Handle(DirectInput input, Instant now)
    {
        switch (input)
        {
            case DirectInput.Here here:
                See(here.Peer, here.Session, now);
                break;
            case DirectInput.Gone gone when _links.Remove(gone.Peer, out var link):
                Release(link);
                break;
            case DirectInput.Hub hub:
                _isOnline = hub.IsOnline;
                break;
            case DirectInput.Heard { Signal: Signal.Offer offer } heard:
                HearOffer(heard.Peer, heard.Session, offer, now);
                break;
            case DirectInput.Heard heard when _links.TryGetValue(heard.Peer, out var link):
                Hear(link, heard.Signal, now);
                break;
            case DirectInput.Opened opened when Find(opened.Peer, opened.C) is { } link:
                Raise(link, now);
                break;
            case DirectInput.Alive alive when Find(alive.Peer, alive.C) is { } link:
                link.HeardAt = now;
                if (link.State == DirectState.Lost)
                {
                    Raise(link, now);
                }
                break;
            case DirectInput.Failed failed when Find(failed.Peer, failed.C) is { } link:
                Fail(link, now);
                break;
        }
        Admit(now);
    }

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        foreach (var link in _links.Values.Where(l => l.WakeAt <= now).ToList())
        {
            Tick(link, now);
        }
        Admit(now);
    }

    /// <inheritdoc/>
    public bool TryTake([MaybeNullWhen(false)] out DirectEffect effect) => _effects.TryDequeue(out effect);

    private bool OffersTo(PeerId peer) => options.Role switch
    {
        DirectRole.Answers => false,
        DirectRole.Offers => true,
        _ => IsSmallerThan(peer),
    };

    private bool IsFull => _links.Values.Count(l => l.HasConnection) >= options.MaxLinks;

    /// <summary>A place is free: whoever waited for one gets it.</summary>
    private void Admit(Instant now)
    {
        if (!_freed)
        {
            return;
        }
        _freed = false;
        foreach (var link in _links.Values.Where(l => l.State == DirectState.Idle && OffersTo(l.Peer)).ToList())
        {
            Offer(link, now);
        }
    }

    private bool IsSmallerThan(PeerId peer) => string.CompareOrdinal(options.Self.ToString(), peer.ToString()) < 0;

    private DirectLink? Find(PeerId peer, string c) => _links.TryGetValue(peer, out var link) && link.C == c && c.Length > 0 ? link : null;

    private void See(PeerId peer, SessionId session, Instant now)
    {
        if (_links.TryGetValue(peer, out var known) && known.Session != session)
        {
            // A new page or process: the old connection is dead, whatever it says.
            _links.Remove(peer);
            Release(known);
        }
        if (!OffersTo(peer) || options.MaxLinks <= 0)
        {
            return;
        }
        if (!_links.TryGetValue(peer, out var link))
        {
            link = new DirectLink(peer, session, options.Builds, now);
            _links.Add(peer, link);
        }
        if (link.State is DirectState.Idle or DirectState.Lost)
        {
            // Lost means: while there was no hub to say so. There is one again.
            link.WakeAt = now;
            Tick(link, now);
        }
    }

    private void Tick(DirectLink link, Instant now)
    {
        switch (link.State)
        {
            case DirectState.Idle or DirectState.Resting:
                Offer(link, now);
                break;
            case DirectState.Connecting:
                Fail(link, now);
                break;
            case DirectState.Up when now - link.HeardAt >= options.StalledAfter:
                Stall(link, now);
                break;
            case DirectState.Up:
                _effects.Enqueue(new DirectEffect.Ping(link.Peer));
                link.WakeAt = Instant.Min(now + options.PingEvery, link.HeardAt + options.StalledAfter);
                break;
            case DirectState.Lost when !OffersTo(link.Peer):
                Forget(link);
                break;
            case DirectState.Lost:
                TryAgain(link, now);
                break;
        }
    }

    private void Offer(DirectLink link, Instant now)
    {
        if (!_isOnline || (!link.HasConnection && IsFull))
        {
            link.State = DirectState.Idle;
            link.WakeAt = Instant.Never; // MEMBERS of the next hub wakes it, or a link that ends
            return;
        }
        Build(link, $"{(uint)dice.NextUInt64():x8}", offers: true, now);
    }

    private void Build(DirectLink link, string c, bool offers, Instant now)
    {
        link.C = c;
        link.Offered = offers;
        link.State = DirectState.Connecting;
        link.WakeAt = now + options.ConnectWithin;
        _effects.Enqueue(new DirectEffect.Build(link.Peer, c, offers));
    }

    private void Raise(DirectLink link, Instant now)
    {
        if (link.State == DirectState.Up)
        {
            return;
        }
        link.State = DirectState.Up;
        link.Attempts = 0;
        link.Rests = 0;
        link.HeardAt = now;
        link.WakeAt = now + options.PingEvery;
        _effects.Enqueue(new DirectEffect.Up(link.Peer));
        _effects.Enqueue(new DirectEffect.Ping(link.Peer));
    }

    /// <summary>Silence: the connection is kept, since it may speak again, and ICE is restarted meanwhile.</summary>
    private void Stall(DirectLink link, Instant now)
    {
        _effects.Enqueue(new DirectEffect.Down(link.Peer));
        link.State = DirectState.Lost;
        link.WakeAt = now + (OffersTo(link.Peer) ? options.Retry[0] : options.KeepLost);
    }

    /// <summary>The connection is over, or never came to be.</summary>
    private void Fail(DirectLink link, Instant now)
    {
        bool wasUp = link.State == DirectState.Up;
        if (wasUp)
        {
            _effects.Enqueue(new DirectEffect.Down(link.Peer));
        }
        if (!OffersTo(link.Peer))
        {
            Forget(link);
            return;
        }
        Close(link);
        if (wasUp || link.State == DirectState.Lost || (link.Attempts > 0 && link.Attempts < options.Retry.Count))
        {
            link.State = DirectState.Lost;
            link.WakeAt = now + options.Retry[Math.Min(link.Attempts, options.Retry.Count - 1)];
            return;
        }
        Rest(link, now);
    }

    private void TryAgain(DirectLink link, Instant now)
    {
        if (!_isOnline)
        {
            // Nobody could hear it. A link that only stalled comes back by itself; else the next hub wakes it.
            link.WakeAt = Instant.Never;
            return;
        }
        int attempt = link.Attempts++;
        if (attempt >= options.Retry.Count)
        {
            Close(link);
            Rest(link, now);
        }
        else if (link.HasConnection && attempt < options.Retry.Count - 1)
        {
            link.Offered = true;
            link.WakeAt = now + options.Retry[attempt + 1];
            _effects.Enqueue(new DirectEffect.Restart(link.Peer, link.C));
            _effects.Enqueue(new DirectEffect.Ping(link.Peer)); // its answer tells that the link is back
        }
        else
        {
            // Restarts keep what is in flight; the last attempt starts from nothing.
            Offer(link, now);
        }
    }

    private void Rest(DirectLink link, Instant now)
    {
        link.State = DirectState.Resting;
        link.Attempts = 0;
        var pause = options.Rest * Math.Pow(2, Math.Min(link.Rests++, 16));
        link.WakeAt = now + dice.Jitter(pause < options.MaxRest ? pause : options.MaxRest, 0.2);
    }

    private void Forget(DirectLink link)
    {
        Close(link);
        _links.Remove(link.Peer);
    }

    private void Close(DirectLink link)
    {
        if (link.HasConnection)
        {
            _effects.Enqueue(new DirectEffect.Drop(link.Peer));
            _freed = true;
        }
        link.C = "";
        link.Offered = false;
    }

    private void Release(DirectLink link)
    {
        if (link.State == DirectState.Up)
        {
            _effects.Enqueue(new DirectEffect.Down(link.Peer));
        }
        Close(link);
    }
}
