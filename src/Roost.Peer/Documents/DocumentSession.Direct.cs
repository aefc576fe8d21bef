using Roost.Mesh.Documents;
using Roost.Peer.Direct;

namespace Roost.Peer.Documents;

public sealed partial class DocumentSession
{
    private void HearDirect(DirectNews news)
    {
        DocumentInput? input = news switch
        {
            DirectNews.Frame frame => new DocumentInput.HeardDirect(frame.Peer, frame.Payload),
            DirectNews.Up up => new DocumentInput.LinkUp(up.Peer),
            DirectNews.Down down => new DocumentInput.LinkDown(down.Peer),
            DirectNews.Full full => new DocumentInput.LinkFull(full.Peer),
            DirectNews.Drained drained => new DocumentInput.LinkDrained(drained.Peer),
            _ => null,
        };
        if (input is not null)
        {
            _driver.Post(input);
        }
        else if (news is DirectNews.Path path)
        {
            Happened?.Invoke(new DocumentEvent.Path(path.Peer, path.By, path.RoundTrip));
        }
        else if (news is DirectNews.Unavailable none)
        {
            Happened?.Invoke(new DocumentEvent.DirectUnavailable(none.Why));
        }
    }
}
