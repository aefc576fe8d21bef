using System.Text;
using Roost.Core.Rooms;

namespace Roost.Cli.Terminal.Editing;

/// <summary>A document's link over the whole terminal, with its QR code where there is room, until a key is pressed. Pure.</summary>
internal static class InviteScreen
{
    /// <summary>What to write to a terminal in raw mode.</summary>
    /// <param name="invite">The document's link: the one that may write, where we may.</param>
    /// <param name="colors">Whether colours may be used.</param>
    /// <param name="lightTerminal">Without colours: whether the terminal writes dark on light.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public static string Draw(DocumentInvite invite, bool colors, bool lightTerminal, int width, int height)
    {
        bool canWrite = invite.Write is not null;
        string link = invite.ToString();
        string[] code = [.. TerminalQr.Draw(link, colors, lightTerminal, width)];
        List<string> lines = [$"Whoever has this link {(canWrite ? "writes" : "reads")} along:", link];
        if (canWrite)
        {
            lines.Add("Only to read:");
            lines.Add(invite.ReadOnly().ToString());
        }
        lines.Add("Any key goes back to the text.");
        int rows = code.Length + lines.Sum(line => (line.Length + width - 1) / width);
        lines.InsertRange(0, code.Length > 1 && rows > height ? [$"(no QR code: it takes {rows} rows, here are {height})"] : code);
        return new StringBuilder("\e[?25l\e[2J\e[H").AppendJoin("\r\n", lines).ToString();
    }
}
