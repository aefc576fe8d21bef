using System.Threading.Channels;
using Roost.Cli.Terminal;
using Roost.Core.Rooms;
using Roost.Mesh.Peers;
using Roost.Peer.Documents;
using Roost.Peer.Storage;

namespace Roost.Cli.Features.Documents;

/// <summary>A document that a verb works on: its folder, or only the network while another process has the folder.</summary>
internal sealed class DocDesk : IAsyncDisposable
{
    // A hub on the same network answers in milliseconds; who is that far away is asked no longer by a verb that prints.
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(6);

    /// <summary>The link of a document that has no hub but the private one of whoever has it open.</summary>
    public const string NoHub = "http://localhost:1";

    private readonly DocumentFolder? _folder;
    private readonly Channel<DocumentEvent> _events;

    private DocDesk(DocumentFolder? folder, DocumentSession session, Channel<DocumentEvent> events) => (_folder, Session, _events) = (folder, session, events);

    public DocumentSession Session { get; }

    public ChannelReader<DocumentEvent> Events => _events.Reader;

    public static async Task<DocDesk> OpenAsync(string name, Func<DocumentInvite>? make, bool offline, string? user = null, bool direct = false)
    {
        DocumentFolder? folder;
        DocumentInvite invite;
        try
        {
            folder = DocumentFolder.Open(name, make);
            invite = folder.Invite;
        }
        catch (DocumentInUseException) when (DocumentFolder.LinkOf(name) is { } link && !offline)
        {
            // Somebody edits it right now: take part over the network, like any other member.
            (folder, invite) = (null, link);
        }
        var events = Channel.CreateUnbounded<DocumentEvent>(new() { SingleReader = true });
        var session = await DocumentSession.OpenAsync(
            new DocumentSessionOptions { Invite = invite, Hubs = offline || invite.Origin == NoHub ? [] : [invite.Origin], Folder = folder, UserName = user, MaxDirect = direct ? DocumentSessionOptions.DefaultMaxDirect : 0 },
            happened => events.Writer.TryWrite(happened));
        return new DocDesk(folder, session, events);
    }

    /// <summary>Waits for what others have; without a hub there is nothing to wait for.</summary>
    /// <returns>Whether somebody answered, or nobody else is there; false when no hub was reached in time.</returns>
    public async Task<bool> CatchUpAsync(Screen screen, bool offline, CancellationToken cancellation)
    {
        if (offline || _folder?.Invite.Origin == NoHub)
        {
            return false;
        }
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(AnswerWithin);
        try
        {
            await foreach (var happened in Events.ReadAllAsync(patience.Token))
            {
                switch (happened)
                {
                    case DocumentEvent.CaughtUp:
                        return true;
                    case DocumentEvent.HubLost lost:
                        screen.Warn($"no hub: {lost.Reason}; this is what is on this machine");
                        return false;
                    case DocumentEvent.Refused refused:
                        screen.Warn($"ROOST-{1000 + refused.Code} {refused.Message}");
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            screen.Warn("the hub did not answer in time; this is what is on this machine");
        }
        return false;
    }

    /// <summary>A new document's link: at the hub that is named, else at none yet.</summary>
    public static DocumentInvite NewInvite(string[] hubs) => DocumentInvite.Writable(
        hubs.Length > 0 ? HubAddress.Parse(hubs[0]).Origin : NoHub, RoomSecret.Generate(SystemDice.Instance), WriteSeed.Generate(SystemDice.Instance));

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        _folder?.Dispose();
    }
}
