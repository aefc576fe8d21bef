using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Roost.Cli.Terminal.Editing;

/// <summary>The terminal while a full-screen program has it: raw keys, the other screen, pasted text marked. Disposing gives it back as it was.</summary>
internal sealed partial class RawTerminal : IDisposable
{
    // struct termios is 60 bytes on Linux and 72 on macOS; nothing in it is read here.
    private const int TermiosRoom = 256;
    private const int Now = 0;

    private readonly byte[] _before = new byte[TermiosRoom];
    private readonly byte[] _raw;
    private readonly Stream _out = StandardOutput.Open();
    private bool _disposed;

    private RawTerminal()
    {
        if (tcgetattr(0, _before) != 0)
        {
            throw new IOException("ROOST-2511 the terminal cannot be read; use roost doc cat, import or watch instead");
        }
        _raw = (byte[])_before.Clone();
        cfmakeraw(_raw);
        Measure();
        Write("\e[?1049h\e[?2004h");
    }

    /// <summary>Columns and rows.</summary>
    public (int Width, int Height) Size { get; private set; }

    /// <summary>Takes the terminal.</summary>
    /// <exception cref="IOException">Standard input is none that can be set.</exception>
    public static RawTerminal Open() => new();

    /// <summary>Whether there is a terminal on both sides that this program knows how to use.</summary>
    public static bool IsThere => !OperatingSystem.IsWindows() && !Console.IsInputRedirected && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");

    /// <summary>Looks at the size again, and makes sure of raw mode: .NET sets the terminal up its own way when it is asked, or told to go on after a stop.</summary>
    public void Measure()
    {
        Size = (Math.Max(10, Console.WindowWidth), Math.Max(2, Console.WindowHeight));
        _ = tcsetattr(0, Now, _raw);
    }

    /// <summary>The bytes of the keys. Console's own stream would read lines, with an editor of its own.</summary>
    public static Stream Keys() => new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);

    /// <summary>Writes to the screen.</summary>
    public void Write(string text)
    {
        _out.Write(Encoding.UTF8.GetBytes(text));
        _out.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Write("\e[?2004l\e[?1049l\e[?25h");
            _ = tcsetattr(0, Now, _before);
        }
    }

    [LibraryImport("libc")]
    private static partial int tcgetattr(int file, byte[] termios);

    [LibraryImport("libc")]
    private static partial int tcsetattr(int file, int when, byte[] termios);

    [LibraryImport("libc")]
    private static partial void cfmakeraw(byte[] termios);
}
