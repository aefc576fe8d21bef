using System.Text;

namespace Roost.Fuzz;

/// <summary>Everything a session shows to the outside, in order, with what was being done.</summary>
internal sealed class Log
{
    public List<byte[]> Entries { get; } = [];

    /// <summary>What was done, and how many entries there were before it.</summary>
    public List<(int Entry, string What)> Steps { get; } = [];

    public void Bytes(ReadOnlySpan<byte> data) => Entries.Add(data.ToArray());

    public void Text(string text) => Entries.Add(Encoding.UTF8.GetBytes(text));

    public void Note(string what) => Steps.Add((Entries.Count, what));
}
