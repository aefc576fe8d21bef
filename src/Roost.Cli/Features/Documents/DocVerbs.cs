using System.Text;
using Roost.Cli.Terminal;
using Roost.Core.Rooms;
using Roost.Crdt;
using Roost.Peer.Documents;

namespace Roost.Cli.Features.Documents;

/// <summary>The verbs of <c>roost doc</c> that do one thing and end.</summary>
internal static class DocVerbs
{
    private static readonly UTF8Encoding Strict = new(false, true);

    public static Task<int> ListAsync()
    {
        foreach (string name in DocumentFolder.Names())
        {
            Console.Out.WriteLine(name);
        }
        return Task.FromResult(ExitCode.Done);
    }

    public static Task<int> LinkAsync(Screen screen, string name, bool readOnly)
    {
        var invite = LinkOf(name);
        if (invite.Origin == DocDesk.NoHub)
        {
            throw new ProblemException(new Problem("ROOST-2505", "this document has no hub yet, so no link leads to it", $"open it once: roost doc open {name}, with --hub URL for one that stays", ExitCode.NoHub));
        }
        string link = (readOnly ? invite.ReadOnly() : invite).ToString();
        if (!Console.IsOutputRedirected && Screen.IsTerminal)
        {
            foreach (string line in TerminalQr.Draw(link, Screen.Colors, TerminalQr.IsLightTerminal(), Screen.Width))
            {
                screen.Say(line);
            }
        }
        Console.Out.WriteLine(link);
        if (DocumentFolder.HasOwnHub(name))
        {
            screen.Say(Screen.Dim($"  It works while '{CommandName.Text} doc open {name}' runs here, on this network; a document made with --hub URL is there always."));
        }
        return Task.FromResult(ExitCode.Done);
    }

    public static async Task<int> ExportAsync(Screen screen, string name, FileInfo? file, string format, bool offline, CancellationToken cancellation)
    {
        LinkOf(name);
        await using var desk = await DocDesk.OpenAsync(name, null, offline);
        bool isFresh = await desk.CatchUpAsync(screen, offline, cancellation);
        if (!isFresh && desk.Session.Feeds == 0 && !offline)
        {
            throw new ProblemException(new Problem("ROOST-2504", "nothing of this document is on this machine yet, and nobody who has it can be reached", "try again when its hub or another member is there", ExitCode.NoHub));
        }
        var bytes = format == "yjs" ? desk.Session.Export() : Encoding.UTF8.GetBytes(desk.Session.Text);
        if (file is null)
        {
            Print(Console.IsOutputRedirected ? bytes : Encoding.UTF8.GetBytes(TerminalFilter.Safe(desk.Session.Text)));
            return ExitCode.Done;
        }
        await File.WriteAllBytesAsync(file.FullName, bytes, cancellation);
        screen.Good($"{bytes.Length} bytes in {file.Name}");
        return ExitCode.Done;
    }

    public static async Task<int> ImportAsync(Screen screen, string name, string file, string format, string[] hubs, bool offline, CancellationToken cancellation)
    {
        byte[] content = await ReadAsync(file, cancellation);
        string? text = format == "text" ? ReadText(content) : null;
        await using var desk = await DocDesk.OpenAsync(name, () => DocDesk.NewInvite(hubs), offline);
        if (!desk.Session.CanWrite)
        {
            throw new ProblemException(new Problem("ROOST-2506", "this link of the document may read only", "ask its owner for a link that may write", ExitCode.NotAllowed));
        }
        await desk.CatchUpAsync(screen, offline, cancellation);
        if (text is not null)
        {
            desk.Session.Use(document => TextChange.Replace(document, text));
        }
        else if (desk.Session.Import(content) is { } why)
        {
            throw new ProblemException(new Problem("ROOST-2507", $"the file is no update of Yjs: {why}", "use --format text for plain text", ExitCode.Usage));
        }
        screen.Good($"{name} has {desk.Session.Text.Length} characters");
        return ExitCode.Done;
    }

    public static DocumentInvite LinkOf(string name) => DocumentFolder.LinkOf(name)
        ?? throw new ProblemException(new Problem("ROOST-2503", $"there is no document '{name}' here", $"make it with: roost doc open {name}", ExitCode.UnknownRoom));

    private static void Print(byte[] bytes)
    {
        try
        {
            StandardOutput.Open().Write(bytes);
        }
        catch (ReaderGoneException)
        {
            // … | head has what it wanted.
        }
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken cancellation)
    {
        if (file != "-")
        {
            return await File.ReadAllBytesAsync(file, cancellation);
        }
        using var input = Console.OpenStandardInput();
        using var all = new MemoryStream();
        await input.CopyToAsync(all, cancellation);
        return all.ToArray();
    }

    private static string ReadText(byte[] content)
    {
        try
        {
            return Strict.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            throw new ProblemException(new Problem("ROOST-2508", "the file is no text in UTF-8", "convert it first, or use --format yjs for an update of Yjs", ExitCode.Usage));
        }
    }
}

/// <summary>Makes a document's text equal to another with the smallest single replacement.</summary>
internal static class TextChange
{
    /// <returns>Whether anything changed.</returns>
    public static bool Replace(YText document, string text)
    {
        string before = document.ToString();
        int start = before.AsSpan().CommonPrefixLength(text);
        int end = 0;
        while (end < Math.Min(before.Length, text.Length) - start && before[^(end + 1)] == text[^(end + 1)])
        {
            end++;
        }
        // Never between the halves of a character.
        start -= start > 0 && char.IsHighSurrogate(before[start - 1]) ? 1 : 0;
        end -= end > 0 && char.IsLowSurrogate(before[^end]) ? 1 : 0;
        int removed = before.Length - start - end;
        int added = text.Length - start - end;
        if (removed > 0)
        {
            document.Delete(start, removed);
        }
        if (added > 0)
        {
            document.Insert(start, text.AsSpan(start, added));
        }
        return removed > 0 || added > 0;
    }
}
