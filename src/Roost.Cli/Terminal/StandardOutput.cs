using System.Runtime.InteropServices;

namespace Roost.Cli.Terminal;

/// <summary>Nobody reads what is written any more, as in <c>… | head -1</c>: the end of the work, not a fault.</summary>
internal sealed class ReaderGoneException() : IOException("nobody reads the output any more");

/// <summary>
/// stdout, which says when it cannot take what it is given. The runtime's own stream keeps quiet about a reader that has gone, and a program that
/// never learns of it never ends.
/// </summary>
/// <remarks>Not thread-safe. Throws <see cref="ReaderGoneException"/>, and <see cref="IOException"/> for a full disk and the like.</remarks>
internal sealed unsafe partial class StandardOutput : Stream
{
    private const int Interrupted = 4;     // EINTR, EPIPE: the same on Linux and macOS
    private const int BrokenPipe = 32;
    private const short Writable = 4;      // POLLOUT

    private StandardOutput()
    {
    }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private static int WouldBlock => OperatingSystem.IsMacOS() ? 35 : 11;

    /// <summary>Opens it; there is nothing to close.</summary>
    public static Stream Open() => OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new StandardOutput();

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* start = bytes)
            {
                written = write(1, start, (nuint)bytes.Length);
            }
            if (written < 0)
            {
                Await(Marshal.GetLastPInvokeError());
                continue;
            }
            bytes = bytes[(int)written..];
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>As <see cref="Write(ReadOnlySpan{byte})"/>: whoever shares waits for his own screen only.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        Write(bytes.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private static void Await(int error)
    {
        if (error == WouldBlock)
        {
            // Whoever gave us this stdout made it non-blocking.
            var wanted = new Polled { File = 1, Events = Writable };
            _ = poll(&wanted, 1, -1);
        }
        else if (error == BrokenPipe)
        {
            throw new ReaderGoneException();
        }
        else if (error != Interrupted)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(error));
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int file, byte* bytes, nuint count);

    [LibraryImport("libc")]
    private static partial int poll(Polled* files, nuint count, int milliseconds);

    private struct Polled
    {
        public int File;
        public short Events;
        public short Happened;
    }
}
