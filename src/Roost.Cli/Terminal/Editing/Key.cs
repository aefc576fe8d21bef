namespace Roost.Cli.Terminal.Editing;

/// <summary>What a person pressed.</summary>
internal enum KeyName
{
    Text,
    Enter,
    Tab,
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    PageUp,
    PageDown,
    Top,
    Bottom,
    Undo,
    Redo,
    Quit,
    Refresh,
    Invite,
}

/// <summary>One key; <paramref name="Text"/> for <see cref="KeyName.Text"/> only, several characters when pasted.</summary>
internal readonly record struct Key(KeyName Name, string Text = "");
