namespace Roost.Peer.Links;

/// <summary>Makes whoever hands in bytes wait now and then until they have been handled, so that few of them wait. Thread-safe.</summary>
internal sealed class Pace
{
    private const int MaxWaiting = 1024 * 1024;

    private int _waiting;

    /// <summary>Counts <paramref name="bytes"/> that were handed in, and waits for <paramref name="handled"/> after every mebibyte.</summary>
    public ValueTask AfterAsync(int bytes, Func<Task> handled, CancellationToken cancellation)
    {
        if (Interlocked.Add(ref _waiting, bytes) < MaxWaiting)
        {
            return ValueTask.CompletedTask;
        }
        Interlocked.Exchange(ref _waiting, 0);
        return new ValueTask(handled().WaitAsync(cancellation));
    }
}
