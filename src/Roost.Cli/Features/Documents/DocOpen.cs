using System.Runtime.InteropServices;
using System.Threading.Channels;
using Roost.Cli.Terminal;
using Roost.Cli.Terminal.Editing;
using Roost.Core.Rooms;
using Roost.Peer.Documents;
using Roost.Peer.Storage;

namespace Roost.Cli.Features.Documents;

/// <summary>What the command line of <c>roost doc open</c> said.</summary>
internal sealed record DocOpenOptions(string Name, string? Link, string[] Hubs, string? User, string Host, int? Port, bool Direct);

/// <summary><c>roost doc open</c>: the folder, a hub where the document has none of its own, the session, and the terminal around <see cref="DocEditor"/>.</summary>
internal static class DocOpen
{
    private const string Resized = "the terminal has another size";

    // A sequence of keys that a terminal has begun comes in one piece; a lone Escape is one after this.
    private static readonly TimeSpan EscapeAfter = TimeSpan.FromMilliseconds(50);

    public static async Task<int> RunAsync(DocOpenOptions options, CancellationToken cancellation)
    {
        if (!RawTerminal.IsThere)
        {
            throw new ProblemException(new Problem("ROOST-2511", "'doc open' edits in a terminal, and here is none on both standard input and output", "in scripts use roost doc cat, import, export or watch", ExitCode.Usage));
        }
        var screen = new Screen(quiet: false);
        using var folder = DocumentFolder.Open(options.Name, () => options.Link is { } link ? Read(link) : DocDesk.NewInvite(options.Hubs));
        Relink(folder, options);
        PrivateHub? hub = null;
        try
        {
            using (var room = new RoomKeys(folder.Invite.Secret, folder.Invite.Owner))
            {
                if (folder.Invite.Origin == DocDesk.NoHub || folder.Port is not null)
                {
                    hub = await PrivateHub.StartAsync(room.Room, options.Host, options.Port ?? folder.Port, fixedPort: options.Port is > 0, screen);
                    folder.Port = hub.Port;
                    folder.Relink(folder.Invite with { Origin = hub.PublicOrigin });
                }
            }
            await EditAsync(options, folder, hub?.LocalOrigin ?? folder.Invite.Origin, cancellation);
        }
        finally
        {
            if (hub is not null)
            {
                await hub.DisposeAsync();
            }
        }
        screen.Good($"kept as '{options.Name}' · {CommandName.Text} doc open {options.Name} goes on");
        return ExitCode.Done;
    }

    private static async Task EditAsync(DocOpenOptions options, DocumentFolder folder, string origin, CancellationToken cancellation)
    {
        var happenings = Channel.CreateUnbounded<object>(new() { SingleReader = true });
        string user = options.User ?? Environment.UserName;
        await using var session = await DocumentSession.OpenAsync(
            new DocumentSessionOptions { Invite = folder.Invite, Hubs = [origin], Folder = folder, UserName = user, UserColor = UserColors.Text((ulong)Random.Shared.Next()), MaxDirect = options.Direct ? DocumentSessionOptions.DefaultMaxDirect : 0 },
            happened => happenings.Writer.TryWrite(happened));
        using var resized = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => happenings.Writer.TryWrite(Resized));
        using var continued = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => happenings.Writer.TryWrite(Resized));
        using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var onHangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
        using var terminal = RawTerminal.Open();
        using var outside = cancellation.Register(() => happenings.Writer.TryWrite(new Key(KeyName.Quit)));
        _ = Task.Run(() => ReadKeysAsync(happenings.Writer), CancellationToken.None);
        var editor = new DocEditor(session, options.Name);
        var screen = new EditorScreen(Screen.OutputColors);
        while (!editor.HasEnded)
        {
            if (editor.ShowsLink)
            {
                screen.Invalidate();
                terminal.Write(InviteScreen.Draw(folder.Invite, Screen.OutputColors, TerminalQr.IsLightTerminal(), terminal.Size.Width, terminal.Size.Height));
            }
            else
            {
                terminal.Write(screen.Draw(editor.View(), terminal.Size.Width, terminal.Size.Height));
            }
            object next = await happenings.Reader.ReadAsync(CancellationToken.None);
            do
            {
                switch (next)
                {
                    case Key { Name: KeyName.Refresh }:
                        screen.Invalidate();
                        break;
                    case Key key:
                        editor.Press(key, terminal.Size.Width, terminal.Size.Height);
                        break;
                    case DocumentEvent happened:
                        editor.Hear(happened);
                        break;
                    case string:
                        terminal.Measure();
                        screen.Invalidate();
                        terminal.Write("\e[2J");
                        break;
                }
            }
            while (!editor.HasEnded && happenings.Reader.TryRead(out next!));
        }

        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            happenings.Writer.TryWrite(new Key(KeyName.Quit));
        }
    }

    private static async Task ReadKeysAsync(ChannelWriter<object> keys)
    {
        var decoder = new KeyDecoder();
        var buffer = new byte[4096];
        using var input = RawTerminal.Keys();
        while (true)
        {
            int count;
            try
            {
                var reading = input.ReadAsync(buffer).AsTask();
                if (decoder.IsWaiting && await Task.WhenAny(reading, Task.Delay(EscapeAfter)) != reading)
                {
                    decoder.GiveUp();
                }
                count = await reading;
            }
            catch (IOException)
            {
                count = 0; // The terminal is gone.
            }
            if (count == 0)
            {
                keys.TryWrite(new Key(KeyName.Quit));
                return;
            }
            foreach (var key in decoder.Take(buffer.AsSpan(0, count)))
            {
                keys.TryWrite(key);
            }
        }
    }

    /// <summary>A link that brings the right to write, or another hub, replaces the one that is kept; one of another document is refused.</summary>
    private static void Relink(DocumentFolder folder, DocOpenOptions options)
    {
        if (options.Link is not { } text)
        {
            return;
        }
        var given = Read(text);
        if (given.Owner != folder.Invite.Owner || given.Secret != folder.Invite.Secret)
        {
            throw new ProblemException(new Problem("ROOST-2513", $"'{options.Name}' is another document already", "take another name for this link", ExitCode.Usage));
        }
        folder.Relink(given with { Write = given.Write ?? folder.Invite.Write });
    }

    private static DocumentInvite Read(string link) => DocumentInvite.TryParse(link, out var invite, out var problem)
        ? invite
        : throw new ProblemException(problem switch
        {
            InviteProblem.Damaged => new Problem("ROOST-3001", "this link is damaged: letters behind the '#' are missing or changed", "copy it again, whole and in quotes", ExitCode.UnknownRoom),
            InviteProblem.Newer => new Problem("ROOST-3002", "this link was made by a newer roost", "update roost", ExitCode.Version),
            InviteProblem.OtherKind => new Problem("ROOST-3007", "this is the link of a session, not of a document", "follow it with: roost watch 'LINK'", ExitCode.Usage),
            _ => new Problem("ROOST-3003", "this is no link of a document", "it looks like http://HOST:PORT/#… with 46 characters behind the '#'; put it in quotes", ExitCode.Usage),
        });
}
