using System.ComponentModel;
using System.Diagnostics;
using Roost.Peer.Streams;

namespace Roost.Cli.Features;

/// <summary>Moves bytes from where they come to stdout, unchanged, and to the host; the producer waits for sealing and the log, never for viewers.</summary>
internal sealed class StreamPump(ITextSink host, bool tee)
{
    private const int BufferSize = 64 * 1024;

    private readonly Stream _stdout = Console.OpenStandardOutput();
    private long _bytes;

    /// <summary>Bytes shared so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Shares standard input until it ends or <paramref name="interrupt"/> comes.</summary>
    public async Task<int> RunInputAsync(CancellationToken interrupt)
    {
        using var stdin = Console.OpenStandardInput();
        bool whole = await PumpAsync(stdin, tee ? _stdout : null, interrupt);
        host.End(null, whole ? "eof" : "interrupted");
        return whole ? ExitCode.Done : ExitCode.Interrupted;
    }

    /// <summary>Runs a command, shares what it writes, and returns its exit code.</summary>
    public async Task<int> RunCommandAsync(string[] command, CancellationToken interrupt)
    {
        using var process = Start(command);
        // ^C reaches the whole foreground group; a SIGTERM to us alone is passed on by closing and killing.
        using var killing = interrupt.Register(() => EndLater(process));
        using var stderr = Console.OpenStandardError();
        await Task.WhenAll(
            PumpAsync(process.StandardOutput.BaseStream, tee ? _stdout : null, CancellationToken.None),
            PumpAsync(process.StandardError.BaseStream, stderr, CancellationToken.None));
        await process.WaitForExitAsync(CancellationToken.None);
        host.End(process.ExitCode, interrupt.IsCancellationRequested ? "interrupted" : "eof");
        return process.ExitCode;
    }

    private static Process Start(string[] command)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in command.AsSpan(1))
        {
            start.ArgumentList.Add(argument);
        }
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new ProblemException(new Problem("ROOST-2403", $"'{command[0]}' cannot be run: {e.Message}", "check the name after '--'", 127), e);
        }
    }

    private static void EndLater(Process process) => _ = Task.Run(async () =>
    {
        // It has had its signal; two seconds to end in its own way.
        await Task.Delay(TimeSpan.FromSeconds(2));
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    });

    private async Task<bool> PumpAsync(Stream from, Stream? to, CancellationToken interrupt)
    {
        var buffer = new byte[BufferSize];
        try
        {
            while (true)
            {
                int read = await from.ReadAsync(buffer, interrupt).AsTask().WaitAsync(interrupt);
                if (read == 0)
                {
                    return true;
                }
                Interlocked.Add(ref _bytes, read);
                var taken = host.WriteAsync(buffer.AsMemory(0, read), interrupt);
                if (to is not null)
                {
                    await to.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
                    await to.FlushAsync(CancellationToken.None);
                }
                await taken; // Behind stdout: what was shared has been shown here too when ^C comes.
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (IOException)
        {
            // Nobody reads our stdout any more (… | head): the stream ends there.
            return true;
        }
    }
}
