using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;
using Roost.Peer.Links;

namespace Roost.Peer.Tests.Links;

public class PaceTests
{
    private const int Mebibyte = 1024 * 1024;

    [Fact]
    public async Task After_each_mebibyte_the_writer_waits_until_all_of_it_was_handled()
    {
        using var gate = new ManualResetEventSlim();
        var core = new Counting(gate);
        await using var driver = new CoreDriver<byte[], int>(core, _ => { }, InstantClock.System);
        driver.Start();
        var pace = new Pace();

        driver.Post(new byte[Mebibyte - 1]);
        var little = pace.AfterAsync(Mebibyte - 1, driver.HandledAsync, CancellationToken.None);
        Assert.True(little.IsCompletedSuccessfully);
        await little;

        driver.Post(new byte[1]);
        var whole = pace.AfterAsync(1, driver.HandledAsync, CancellationToken.None).AsTask();
        Assert.False(whole.IsCompleted);
        gate.Set();
        await whole;
        Assert.Equal(Mebibyte, Volatile.Read(ref core.Bytes));
    }

    [Fact]
    public async Task Whoever_waits_can_be_called_off_and_a_driver_that_has_ended_keeps_nobody()
    {
        using var gate = new ManualResetEventSlim();
        var driver = new CoreDriver<byte[], int>(new Counting(gate), _ => { }, InstantClock.System);
        driver.Start();
        driver.Post([1]);
        using var called = new CancellationTokenSource();
        var waiting = new Pace().AfterAsync(Mebibyte, driver.HandledAsync, called.Token).AsTask();
        await called.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        gate.Set();
        await driver.DisposeAsync();
        await driver.HandledAsync();
    }

    /// <summary>Handles nothing before its gate opens.</summary>
    private sealed class Counting(ManualResetEventSlim gate) : IProtocolCore<byte[], int>
    {
        public int Bytes;

        public Wake? NextWake => null;

        public void Handle(byte[] input, Instant now)
        {
            gate.Wait();
            Bytes += input.Length;
        }

        public void Tick(Instant now)
        {
        }

        public bool TryTake([MaybeNullWhen(false)] out int effect)
        {
            effect = 0;
            return false;
        }
    }
}
