namespace Roost.Cli.Features;

/// <summary>
/// Keeps the memory of a long stream flat: the runtime lets short-lived garbage grow to the size of the processor's cache before it looks,
/// which on large machines is tens of megabytes that a guest in somebody's pipeline has no use for.
/// </summary>
internal sealed class SmallHeap : IDisposable
{
    private const long Allowance = 8 * 1024 * 1024;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly Timer _timer;
    private long _allocatedThen;

    public SmallHeap() => _timer = new Timer(_ => Look(), null, LookEvery, LookEvery);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long allocated = GC.GetTotalAllocatedBytes(precise: false);
        if (allocated - _allocatedThen > Allowance)
        {
            _allocatedThen = allocated;
            GC.Collect(0, GCCollectionMode.Forced, blocking: true, compacting: false);
        }
    }
}
