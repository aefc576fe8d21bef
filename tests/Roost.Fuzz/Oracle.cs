using System.Buffers.Binary;
using System.Diagnostics;

namespace Roost.Fuzz;

/// <summary>Yjs in a Node process: a line with a session's parameters in, its log out.</summary>
internal sealed class Oracle : IDisposable
{
    private readonly Process _node;
    private readonly Stream _output;

    public Oracle(string folder)
    {
        _node = Process.Start(new ProcessStartInfo("node", "oracle.mjs")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("node did not start");
        _output = _node.StandardOutput.BaseStream;
    }

    public void Ask(uint seed, int operations, Mode mode)
    {
        _node.StandardInput.Write($"{seed} {operations} {(int)mode}\n");
        _node.StandardInput.Flush();
    }

    public List<byte[]> Answer()
    {
        Span<byte> head = stackalloc byte[4];
        _output.ReadExactly(head);
        var frame = new byte[BinaryPrimitives.ReadInt32LittleEndian(head)];
        _output.ReadExactly(frame);
        var entries = new List<byte[]>();
        var at = 4;
        for (var left = BinaryPrimitives.ReadInt32LittleEndian(frame); left > 0; left--)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(at));
            entries.Add(frame.AsSpan(at + 4, length).ToArray());
            at += 4 + length;
        }

        return entries;
    }

    public void Dispose()
    {
        _node.StandardInput.Close();
        if (!_node.WaitForExit(5000))
        {
            _node.Kill();
        }

        _node.Dispose();
    }
}
