using Roost.Core.Rooms;
using Roost.Hub;
using Roost.Hub.Hosting;
using Roost.Mesh.Documents;
using Roost.Peer.Documents;
using Roost.Peer.Keeping;
using Roost.Peer.Storage;

namespace Roost.Peer.Tests.Documents;

/// <summary>A hub and the sessions of one document.</summary>
internal sealed class Desk : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<DocumentSession> _sessions = [];
    private HubHost? _hub;
    private Keeper? _keeper;

    public DocumentInvite Invite { get; private set; } = null!;

    public string Origin { get; private set; } = "";

    /// <param name="keep">Where the hub keeps documents; null for nowhere.</param>
    public static async Task<Desk> StartAsync(string? keep = null)
    {
        var desk = new Desk();
        desk._hub = await HubHost.StartAsync(new HubOptions { Host = "127.0.0.1", Port = 0, Stun = false });
        desk.Origin = $"http://127.0.0.1:{desk._hub.Port}";
        desk._keeper = keep is null ? null : new Keeper(desk.Origin, desk._hub.SigningKey, keep);
        var until = DateTime.UtcNow + Patience;
        while (desk._keeper is not null && !await desk.IsKeptAsync(NewInvite(desk.Origin)))
        {
            // The keeper is a peer too: it comes a moment after the hub.
            Assert.True(DateTime.UtcNow < until, "the keeper answers");
        }
        desk.Invite = NewInvite(desk.Origin);
        return desk;
    }

    public async Task<DocumentSession> OpenAsync(DocumentInvite? invite = null, DocumentFolder? folder = null, bool online = true, string? name = null, DocumentLimits? limits = null, Action<DocumentEvent>? happened = null, int direct = 8)
    {
        var session = await DocumentSession.OpenAsync(
            new DocumentSessionOptions { Invite = invite ?? Invite, Hubs = online ? [Origin] : [], Folder = folder, UserName = name, Limits = limits ?? new DocumentLimits(), KeepFor = _keeper is null ? null : TimeSpan.FromHours(1), MaxDirect = direct },
            happened);
        _sessions.Add(session);
        return session;
    }

    public async Task StopHubAsync()
    {
        await _hub!.DisposeAsync();
        _hub = null;
    }

    private static DocumentInvite NewInvite(string origin) =>
        DocumentInvite.Writable(origin, RoomSecret.Generate(SystemDice.Instance), WriteSeed.Generate(SystemDice.Instance));

    private async Task<bool> IsKeptAsync(DocumentInvite invite)
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var session = await OpenAsync(invite, happened: e => { if (e is DocumentEvent.Kept kept) { answer.TrySetResult(kept.For > TimeSpan.Zero); } });
        bool isKept = await answer.Task.WaitAsync(Patience);
        await session.DisposeAsync();
        return isKept;
    }

    /// <summary>Waits until a condition holds, which depends on other processes' loops.</summary>
    public static async Task UntilAsync(Func<bool> condition, Func<string> what)
    {
        var until = DateTime.UtcNow + Patience;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < until, what());
            await Task.Delay(10);
        }
    }

    public static Task HasTextAsync(DocumentSession session, string text) => UntilAsync(() => session.Text == text, () => $"wanted '{text}', it is '{session.Text}'");

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions)
        {
            await session.DisposeAsync();
        }
        if (_keeper is not null)
        {
            await _keeper.DisposeAsync();
        }
        if (_hub is not null)
        {
            await _hub.DisposeAsync();
        }
    }
}
