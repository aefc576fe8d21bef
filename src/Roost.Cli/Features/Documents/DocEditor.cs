using Roost.Cli.Terminal.Editing;
using Roost.Core.Identity;
using Roost.Crdt;
using Roost.Mesh.Signaling;
using Roost.Peer.Documents;

namespace Roost.Cli.Features.Documents;

/// <summary>The editor of <c>roost doc open</c> without its terminal: keys go in, a view comes out.</summary>
internal sealed class DocEditor(DocumentSession session, string name)
{
    private RelativePosition _cursor = session.Use(text => RelativePosition.FromIndex(text, 0, assoc: -1));
    private int? _goal;
    private string _link = "connecting";
    private readonly HashSet<PeerId> _direct = [];
    private string? _trouble;

    /// <summary>Whether the user wants to end.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether the link is to be seen instead of the text: until the next key.</summary>
    public bool ShowsLink { get; private set; }

    /// <summary>Takes a key.</summary>
    public void Press(Key key, int width, int height)
    {
        if (ShowsLink && key.Name != KeyName.Quit)
        {
            ShowsLink = false;
            return;
        }
        if (key.Name is not (KeyName.Up or KeyName.Down or KeyName.PageUp or KeyName.PageDown))
        {
            _goal = null;
        }
        switch (key.Name)
        {
            case KeyName.Quit:
                HasEnded = true;
                break;
            case KeyName.Invite:
                ShowsLink = true;
                return;
            case KeyName.Text:
                Insert(key.Text);
                break;
            case KeyName.Enter:
                Insert("\n");
                session.StopCapturing();
                break;
            case KeyName.Tab:
                Insert("\t");
                break;
            case KeyName.Backspace or KeyName.Delete:
                Delete(key.Name == KeyName.Backspace);
                break;
            case KeyName.Undo when session.CanWrite:
                session.Undo();
                break;
            case KeyName.Redo when session.CanWrite:
                session.Redo();
                break;
            default:
                Move(key.Name, width, height);
                break;
        }
        var at = Cursor();
        session.ShowCursor(at, at);
    }

    /// <summary>Takes in what happened to the document.</summary>
    public void Hear(DocumentEvent happened)
    {
        switch (happened)
        {
            case DocumentEvent.HubFound:
                _link = "online";
                break;
            case DocumentEvent.HubLost:
                _link = "offline, kept here";
                break;
            case DocumentEvent.Path { By: PeerPath.Hub } path:
                _direct.Remove(path.Peer);
                break;
            case DocumentEvent.Path path:
                _direct.Add(path.Peer);
                break;
            case DocumentEvent.Refused refused:
                _trouble = $"ROOST-{1000 + refused.Code} {refused.Message}";
                break;
            case DocumentEvent.BadUpdate:
                _trouble = "ROOST-2509 a writer sent what no document can take; it was left out";
                break;
            case DocumentEvent.Forked:
                _trouble = "ROOST-2512 a writer contradicted what it signed; the rest of its changes is not read";
                break;
            case DocumentEvent.Failed failed:
                _trouble = $"ROOST-2510 nothing more can be kept: {failed.Problem}";
                break;
        }
    }

    /// <summary>What is to be seen.</summary>
    public EditorView View()
    {
        var others = session.Others();
        var cursors = others.Where(o => o.Head >= 0).Select(o => new RemoteCursor(o.Head, ColorOf(o.Color, o.Client))).ToList();
        string names = others.Count == 0 ? "nobody else" : string.Join(", ", others.Select(o => o.Name.Length > 0 ? o.Name : "somebody"));
        string direct = _direct.Count == 0 ? "" : $", {_direct.Count} direct";
        string may = session.CanWrite ? "" : " · read only";
        return new EditorView(session.Text, Cursor(), cursors, _trouble ?? $" {name}{may} · {_link}{direct} · here: {names} · ^G link, ^Q ends, ^Z undoes");
    }

    private int Cursor() => session.Use(text => _cursor.TryResolve(text.Doc!, out _, out int index) ? Math.Clamp(index, 0, text.Length) : 0);

    private void Place(int index) => _cursor = session.Use(text => RelativePosition.FromIndex(text, Math.Clamp(index, 0, text.Length), assoc: -1));

    private void Insert(string inserted)
    {
        if (session.CanWrite)
        {
            session.Use(text =>
            {
                int at = Resolve(text);
                text.Insert(at, inserted);
                _cursor = RelativePosition.FromIndex(text, at + inserted.Length, assoc: -1);
                return true;
            });
        }
    }

    private void Delete(bool before)
    {
        if (!session.CanWrite)
        {
            return;
        }
        session.Use(text =>
        {
            int at = Resolve(text);
            string all = text.ToString();
            int from = before ? TextLayout.Before(all, at) : at;
            int to = before ? at : TextLayout.After(all, at);
            if (to > from)
            {
                text.Delete(from, to - from);
                _cursor = RelativePosition.FromIndex(text, from, assoc: -1);
            }
            return true;
        });
    }

    private int Resolve(YText text) => _cursor.TryResolve(text.Doc!, out _, out int index) ? Math.Clamp(index, 0, text.Length) : 0;

    private void Move(KeyName key, int width, int height)
    {
        string text = session.Text;
        int at = Math.Min(Cursor(), text.Length);
        var layout = new TextLayout(text, Math.Max(1, width - 1));
        var (row, column) = layout.At(at);
        int page = EditorScreen.Page(height);
        switch (key)
        {
            case KeyName.Left:
                Place(TextLayout.Before(text, at));
                break;
            case KeyName.Right:
                Place(TextLayout.After(text, at));
                break;
            case KeyName.Home:
                Place(layout.Row(row).Start);
                break;
            case KeyName.End:
                Place(layout.IndexAt(row, int.MaxValue));
                break;
            case KeyName.Top:
                Place(0);
                break;
            case KeyName.Bottom:
                Place(text.Length);
                break;
            case KeyName.Up or KeyName.Down or KeyName.PageUp or KeyName.PageDown:
                _goal ??= column;
                int step = key switch { KeyName.Up => -1, KeyName.Down => 1, KeyName.PageUp => -page, _ => page };
                Place(layout.IndexAt(Math.Clamp(row + step, 0, layout.Count - 1), _goal.Value));
                break;
        }
    }

    /// <summary>The colour that somebody chose, where it is one; else one by who it is.</summary>
    private static (byte R, byte G, byte B) ColorOf(string color, ulong client)
    {
        if (color is ['#', _, _, _, _, _, _, ..] && uint.TryParse(color.AsSpan(1, 6), System.Globalization.NumberStyles.HexNumber, null, out uint rgb))
        {
            return ((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb);
        }
        return UserColors.Of(client);
    }
}

/// <summary>Colours that can be told apart on light and on dark ground.</summary>
internal static class UserColors
{
    private static readonly (byte R, byte G, byte B)[] All = [(48, 188, 237), (110, 235, 131), (255, 188, 66), (236, 212, 68), (238, 99, 82), (154, 194, 201), (138, 202, 175), (27, 231, 255)];

    public static (byte R, byte G, byte B) Of(ulong client) => All[(int)(client % (ulong)All.Length)];

    public static string Text(ulong client)
    {
        var (r, g, b) = Of(client);
        return $"#{r:x2}{g:x2}{b:x2}";
    }
}
