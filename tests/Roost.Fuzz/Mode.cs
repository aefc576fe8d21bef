namespace Roost.Fuzz;

/// <summary>What a session does; the same numbers as in script.mjs.</summary>
[Flags]
internal enum Mode
{
    None = 0,
    Text = 1,
    Format = 2,
    Array = 4,
    Map = 8,
    Xml = 16,
    Undo = 32,
    Observe = 64,
    Tools = 128,
    Subdocs = 256,
    Nested = 512,
    Events = 1024,
    Users = 2048,
}
