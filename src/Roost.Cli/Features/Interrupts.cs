using System.Runtime.InteropServices;

namespace Roost.Cli.Features;

/// <summary>^C, SIGTERM and a closed terminal: the first asks for an orderly end, a second ^C or SIGTERM ends at once.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _interrupt = new();
    private readonly List<CancellationTokenRegistration> _outside;
    private readonly PosixSignalRegistration _onInt;
    private readonly PosixSignalRegistration _onTerm;
    private readonly PosixSignalRegistration _onHangUp;
    private int _count;

    /// <param name="outside">End in order, too.</param>
    public Interrupts(params ReadOnlySpan<CancellationToken> outside)
    {
        _outside = [.. outside.ToArray().Select(token => token.Register(_interrupt.Cancel))];
        _onInt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Hear);
        _onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Hear);
        _onHangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Hear);
    }

    /// <summary>Cancelled by the first of them.</summary>
    public CancellationToken Token => _interrupt.Token;

    /// <summary>Whether somebody asked for the end.</summary>
    public bool Happened => _interrupt.IsCancellationRequested;

    /// <summary>Ends in order, for another reason than a signal.</summary>
    public void End() => _interrupt.Cancel();

    /// <summary>Waits for a task, an interruption, or as long as is said.</summary>
    /// <returns>Whether the task completed.</returns>
    public async Task<bool> WaitAsync(Task task, TimeSpan? atMost = null)
    {
        try
        {
            await task.WaitAsync(atMost ?? Timeout.InfiniteTimeSpan, Token);
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _onInt.Dispose();
        _onTerm.Dispose();
        _onHangUp.Dispose();
        _outside.ForEach(registration => registration.Dispose());
        _interrupt.Dispose();
    }

    private void Hear(PosixSignalContext context)
    {
        context.Cancel = true;
        // A closed terminal says so twice: the kernel and the shell.
        if (context.Signal != PosixSignal.SIGHUP && Interlocked.Increment(ref _count) > 1)
        {
            Environment.Exit(ExitCode.Interrupted);
        }
        _interrupt.Cancel();
    }
}
