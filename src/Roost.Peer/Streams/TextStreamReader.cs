using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Peers;
using Roost.Mesh.Sessions;
using Roost.Mesh.Signaling;
using Roost.Mesh.Wire;
using Roost.Peer.Direct;
using Roost.Peer.Links;
using Roost.Peer.Storage;

namespace Roost.Peer.Streams;

/// <summary>Follows a text stream from its start: in order, once, across reconnections.</summary>
public static class TextStreamReader
{
    private const ushort TargetUnknown = 8;

    /// <summary>Joins and gives out what happens until cancelled or broken; the end of the stream is an event, since a host may go on after it.</summary>
    /// <param name="invite">From the link.</param>
    /// <param name="network">The application's network.</param>
    /// <param name="direct">Whether a direct link to the host is looked for; without, the host does not learn this machine's address.</param>
    /// <param name="cancellationToken">Ends the following.</param>
    /// <exception cref="ArgumentException">The invite is for an open room, which has no host.</exception>
    public static async IAsyncEnumerable<StreamEvent> FollowAsync(
        Invite invite, string network = "", bool direct = true, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var reading = new Reading(invite, network, direct);
        await foreach (var happened in reading.Events.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return happened;
        }
    }

    /// <summary>One following: the core, its hub link and its direct link.</summary>
    private sealed class Reading : IAsyncDisposable
    {
        private readonly Channel<StreamEvent> _events = Channel.CreateUnbounded<StreamEvent>(new() { SingleReader = true });
        private readonly SigningKey _identity = SigningKey.Generate(SystemDice.Instance);
        private readonly RoomKeys _keys;
        private readonly StreamViewerCore _core;
        private readonly CoreDriver<StreamViewerInput, StreamViewerEffect> _driver;
        private readonly HubLink _link;
        private readonly DirectLinks _direct;

        public Reading(Invite invite, string network, bool direct)
        {
            _keys = new RoomKeys(invite.Secret, invite.Owner);
            _core = new StreamViewerCore(_keys);
            _driver = new(_core, Perform, InstantClock.System);
            var hubs = new HubLinkOptions { Hubs = [invite.Origin], Identity = _identity, Network = network };
            _link = new HubLink(hubs, SystemDice.Instance, Hear);
            var session = SessionId.New(SystemDice.Instance);
            var options = new DirectOptions { Self = PeerId.OfKey(_identity.PublicKey), Role = DirectRole.Offers, MaxLinks = direct ? 1 : 0 };
            _direct = new DirectLinks(_keys, _identity, session, options, frame => _link.Post(new HubLinkInput.Say(frame)), HearDirect);
            _driver.Start();
            _link.Post(new HubLinkInput.Join(_keys.Join, session, HostsOnly: true));
            _link.Start();
        }

        public ChannelReader<StreamEvent> Events => _events.Reader;

        public async ValueTask DisposeAsync()
        {
            await _driver.DisposeAsync().ConfigureAwait(false);
            await _direct.DisposeAsync().ConfigureAwait(false);
            await _link.DisposeAsync().ConfigureAwait(false);
            _core.Dispose();
            _keys.Dispose();
            _identity.Dispose();
        }

        private void Tell(StreamEvent happened) => _events.Writer.TryWrite(happened);

        private void Hear(HubLinkEffect effect)
        {
            _direct.Hear(effect);
            switch (effect)
            {
                case HubLinkEffect.Online online:
                    _driver.Post(new StreamViewerInput.Online(PeerId.OfKey(online.Hub)));
                    Tell(new StreamEvent.HubFound(online.Origin));
                    break;
                case HubLinkEffect.Offline offline:
                    _driver.Post(new StreamViewerInput.Offline());
                    Tell(new StreamEvent.HubLost(offline.Reason));
                    break;
                case HubLinkEffect.Replaced:
                    _events.Writer.TryComplete();
                    break;
                case HubLinkEffect.Heard { Frame: DoorFrame.Error { Code: TargetUnknown } }:
                    break; // The host has just gone, or the hub keeps nothing: the reader notices by itself.
                case HubLinkEffect.Heard { Frame: DoorFrame.Error error }:
                    Tell(new StreamEvent.Refused(error.Code, error.Text));
                    break;
                case HubLinkEffect.Heard heard:
                    _driver.Post(new StreamViewerInput.Heard(heard.Frame));
                    break;
            }
        }

        private void HearDirect(DirectNews news)
        {
            switch (news)
            {
                case DirectNews.Frame frame:
                    _driver.Post(new StreamViewerInput.HeardDirect(frame.Peer, frame.Payload));
                    break;
                case DirectNews.Up up:
                    _driver.Post(new StreamViewerInput.LinkUp(up.Peer));
                    break;
                case DirectNews.Down down:
                    _driver.Post(new StreamViewerInput.LinkDown(down.Peer));
                    break;
                case DirectNews.Path path:
                    Tell(new StreamEvent.Path(path.By, path.RoundTrip));
                    break;
                case DirectNews.Unavailable none:
                    Tell(new StreamEvent.DirectUnavailable(none.Why));
                    break;
            }
        }

        private void Perform(StreamViewerEffect effect)
        {
            switch (effect)
            {
                case StreamViewerEffect.Say say:
                    _link.Post(new HubLinkInput.Say(say.Frame));
                    break;
                case StreamViewerEffect.SayDirect say:
                    _direct.Send(say.Host, say.Payload);
                    break;
                case StreamViewerEffect.HostCame:
                    Tell(new StreamEvent.HostCame());
                    break;
                case StreamViewerEffect.HostGone:
                    Tell(new StreamEvent.HostGone());
                    break;
                case StreamViewerEffect.Read { Effect: FeedReaderEffect.Opened opened }:
                    Tell(new StreamEvent.Opened(opened.Feed.Epoch.ToString()));
                    break;
                case StreamViewerEffect.Read { Effect: FeedReaderEffect.CaughtUp caught }:
                    Tell(new StreamEvent.CaughtUp(caught.N));
                    break;
                case StreamViewerEffect.Read { Effect: FeedReaderEffect.Broken broken }:
                    Tell(new StreamEvent.Broken(broken.Fault, broken.N));
                    _events.Writer.TryComplete();
                    break;
                case StreamViewerEffect.Read { Effect: FeedReaderEffect.Entry entry }:
                    Give(entry, _events.Writer);
                    break;
            }
        }
    }

    private static void Give(FeedReaderEffect.Entry entry, ChannelWriter<StreamEvent> events)
    {
        StreamEvent? happened = entry.Kind switch
        {
            EntryKind.Text => new StreamEvent.Text(entry.N, entry.Body),
            EntryKind.Meta when StreamMeta.TryRead(entry.Body) is { } meta => new StreamEvent.Meta(meta.Title, meta.Format),
            EntryKind.End when StreamEnd.TryRead(entry.Body) is { } end => new StreamEvent.Ended(end.Exit, end.Reason),
            _ => null,
        };
        if (happened is not null)
        {
            events.TryWrite(happened);
        }
    }
}
