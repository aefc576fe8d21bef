using System.ComponentModel;
using System.Diagnostics;
using Roost.Cli.Terminal;
using Roost.Peer.Streams;

namespace Roost.Cli.Features;

/// <summary>Moves bytes from where they come to stdout, unchanged, and to the host; the producer waits for sealing and the log, never for viewers.</summary>
/// <param name="host">Who shares them.</param>
/// <param name="tee">Whether stdout gets them.</param>
/// <param name="stdoutFailed">Told once when stdout takes no more, as on a full disk; the sharing goes on.</param>
internal sealed class StreamPump(ITextSink host, bool tee, Action<string> stdoutFailed)
{
    private const int BufferSize = 64 * 1024;

    private readonly Stream _stdout = StandardOutput.Open();
    private long _bytes;

    /// <summary>Whether stdout lacks some of the text.</summary>
    public bool StdoutFailed { get; private set; }

    /// <summary>Bytes shared so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Shares standard input until it ends or <paramref name="interrupt"/> comes.</summary>
    public async Task<int> RunInputAsync(CancellationToken interrupt)
    {
        using var stdin = Console.OpenStandardInput();
        // What is typed into a terminal stands there already.
        bool shows = tee && (Console.IsInputRedirected || Console.IsOutputRedirected);
        bool whole = await PumpAsync(stdin, shows ? _stdout : null, interrupt);
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
        await Task.WhenAll(PumpOutputAsync(process), PumpAsync(process.StandardError.BaseStream, stderr, CancellationToken.None));
        await process.WaitForExitAsync(CancellationToken.None);
        host.End(process.ExitCode, interrupt.IsCancellationRequested ? "interrupted" : "eof");
        return process.ExitCode;
    }

    private static Process Start(string[] command)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        LeaveOurOwn(start.Environment);
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

    /// <summary>What ./roost sets for itself is not the command's: another .NET program wants a heap of the usual size.</summary>
    private static void LeaveOurOwn(IDictionary<string, string?> environment)
    {
        foreach (string name in (environment.TryGetValue("ROOST_OWN", out string? own) ? own ?? "" : "").Split(' ').Append("ROOST_OWN"))
        {
            environment.Remove(name);
        }
    }

    /// <summary>Once nobody reads our stdout, nobody reads the command's: it learns of that as it would in a pipe.</summary>
    private async Task PumpOutputAsync(Process process)
    {
        await PumpAsync(process.StandardOutput.BaseStream, tee ? _stdout : null, CancellationToken.None);
        process.StandardOutput.Close();
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
                to = await ShowAsync(to, buffer.AsMemory(0, read));
                await taken; // Behind stdout: what was shared has been shown here too when ^C comes.
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (IOException)
        {
            // Nobody reads our stdout any more (… | head), or nobody writes our stdin (a terminal that is gone): the stream ends there.
            return true;
        }
    }

    /// <returns>Where to show what follows.</returns>
    private async Task<Stream?> ShowAsync(Stream? to, ReadOnlyMemory<byte> bytes)
    {
        if (to is null)
        {
            return null;
        }
        try
        {
            await to.WriteAsync(bytes, CancellationToken.None);
            await to.FlushAsync(CancellationToken.None);
            return to;
        }
        catch (IOException e) when (e is not ReaderGoneException)
        {
            if (to == _stdout)
            {
                StdoutFailed = true;
                stdoutFailed(e.Message);
            }
            return null;
        }
    }
}
