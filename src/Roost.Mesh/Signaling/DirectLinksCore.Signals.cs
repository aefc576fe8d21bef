using Roost.Core.Cores;
using Roost.Core.Identity;

namespace Roost.Mesh.Signaling;

public sealed partial class DirectLinksCore
{
    private void HearOffer(PeerId peer, SessionId session, Signal.Offer offer, Instant now)
    {
        if (!(_links.TryGetValue(peer, out var link) && link.HasConnection) && IsFull)
        {
            _effects.Enqueue(new DirectEffect.Say(peer, new Signal.Bye()));
            return;
        }
        if (link is null)
        {
            link = new DirectLink(peer, session, options.Builds, now);
            _links.Add(peer, link);
        }
        // Glare: whose id is the smaller takes its own offer back; the other one does not hear what collides with its own.
        bool isPolite = IsSmallerThan(peer);
        if (link.Offered && !isPolite)
        {
            return;
        }
        bool isNew = link.C != offer.C;
        if (!link.Builds.TryTake(1, now))
        {
            return;
        }
        if (isNew)
        {
            if (link.State == DirectState.Up)
            {
                _effects.Enqueue(new DirectEffect.Down(peer));
            }
            Build(link, offer.C, offers: false, now);
        }
        link.Offered = false;
        _effects.Enqueue(new DirectEffect.Accept(peer, offer.C, offer.Sdp));
    }

    private void Hear(DirectLink link, Signal signal, Instant now)
    {
        switch (signal)
        {
            case Signal.Answer answer when answer.C == link.C && link.Offered:
                link.Offered = false;
                _effects.Enqueue(new DirectEffect.Take(link.Peer, link.C, answer.Sdp));
                break;
            case Signal.Candidate candidate when candidate.C == link.C:
                _effects.Enqueue(new DirectEffect.Add(link.Peer, link.C, candidate.Line));
                break;
            case Signal.Bye when OffersTo(link.Peer):
                Release(link);
                Rest(link, now);
                break;
            case Signal.Bye:
                _links.Remove(link.Peer);
                Release(link);
                break;
        }
    }
}
