using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Peers;
using Roost.Mesh.Sessions;
using Roost.Mesh.Wire;
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
    /// <param name="cancellationToken">Ends the following.</param>
    /// <exception cref="ArgumentException">The invite is for an open room, which has no host.</exception>
    public static async IAsyncEnumerable<StreamEvent> FollowAsync(
        Invite invite, string network = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var identity = SigningKey.Generate(SystemDice.Instance);
        using var keys = new RoomKeys(invite.Secret, invite.Owner);
        using var core = new StreamViewerCore(keys);
        var events = Channel.CreateUnbounded<StreamEvent>(new() { SingleReader = true });
        HubLink? link = null;
        await using var driver = new CoreDriver<StreamViewerInput, StreamViewerEffect>(core, effect => Perform(effect, link!, events.Writer), InstantClock.System);
        var options = new HubLinkOptions { Hubs = [invite.Origin], Identity = identity, Network = network };
        link = new HubLink(options, SystemDice.Instance, effect => Hear(effect, driver, events.Writer));
        await using var closing = link;
        driver.Start();
        var session = new byte[Id16.Size];
        SystemDice.Instance.Fill(session);
        link.Post(new HubLinkInput.Join(keys.Join, new SessionId(Id16.Read(session)), HostsOnly: true));
        link.Start();
        await foreach (var happened in events.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return happened;
        }
    }

    private static void Hear(HubLinkEffect effect, CoreDriver<StreamViewerInput, StreamViewerEffect> driver, ChannelWriter<StreamEvent> events)
    {
        switch (effect)
        {
            case HubLinkEffect.Online online:
                driver.Post(new StreamViewerInput.Online(PeerId.OfKey(online.Hub)));
                events.TryWrite(new StreamEvent.HubFound(online.Origin));
                break;
            case HubLinkEffect.Offline offline:
                driver.Post(new StreamViewerInput.Offline());
                events.TryWrite(new StreamEvent.HubLost(offline.Reason));
                break;
            case HubLinkEffect.Replaced:
                events.TryComplete();
                break;
            case HubLinkEffect.Heard { Frame: DoorFrame.Error { Code: TargetUnknown } }:
                break; // The host has just gone, or the hub keeps nothing: the reader notices by itself.
            case HubLinkEffect.Heard { Frame: DoorFrame.Error error }:
                events.TryWrite(new StreamEvent.Refused(error.Code, error.Text));
                break;
            case HubLinkEffect.Heard heard:
                driver.Post(new StreamViewerInput.Heard(heard.Frame));
                break;
        }
    }

    private static void Perform(StreamViewerEffect effect, HubLink link, ChannelWriter<StreamEvent> events)
    {
        switch (effect)
        {
            case StreamViewerEffect.Say say:
                link.Post(new HubLinkInput.Say(say.Frame));
                break;
            case StreamViewerEffect.HostCame:
                events.TryWrite(new StreamEvent.HostCame());
                break;
            case StreamViewerEffect.HostGone:
                events.TryWrite(new StreamEvent.HostGone());
                break;
            case StreamViewerEffect.Read { Effect: FeedReaderEffect.Opened opened }:
                events.TryWrite(new StreamEvent.Opened(opened.Feed.Epoch.ToString()));
                break;
            case StreamViewerEffect.Read { Effect: FeedReaderEffect.CaughtUp caught }:
                events.TryWrite(new StreamEvent.CaughtUp(caught.N));
                break;
            case StreamViewerEffect.Read { Effect: FeedReaderEffect.Broken broken }:
                events.TryWrite(new StreamEvent.Broken(broken.Fault, broken.N));
                events.TryComplete();
                break;
            case StreamViewerEffect.Read { Effect: FeedReaderEffect.Entry entry }:
                Give(entry, events);
                break;
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
