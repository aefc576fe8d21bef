using Roost.Rtc;

namespace Roost.Tests.Rtc;

[Collection(PoolCollection.Name)]
public sealed class MessagePoolTests
{
    [Theory]
    [InlineData(0, 16)]
    [InlineData(1, 16)]
    [InlineData(16, 16)]
    [InlineData(17, 32)]
    [InlineData(65_536, 65_536)]
    [InlineData(65_537, 131_072)]
    [InlineData(1 << 20, 1 << 20)]
    [InlineData((1 << 20) + 1, (1 << 20) + 1)]
    public void An_array_has_the_next_power_of_two_up_to_a_mebibyte(int length, int expected)
    {
        var buffer = MessagePool.Rent(length);
        Assert.Equal(expected, buffer.Length);
        MessagePool.Return(buffer);
    }

    [Fact]
    public void Arrays_that_are_out_are_never_the_same_whichever_threads_rent_and_return_them()
    {
        Parallel.For(0, 4, worker =>
        {
            var held = new List<byte[]>();
            for (var i = 0; i < 20_000; i++)
            {
                var buffer = MessagePool.Rent(300);
                buffer[0] = (byte)worker;
                buffer[1] = (byte)i;
                held.Add(buffer);
                if (held.Count > 50)
                {
                    Assert.Equal(((byte)worker, (byte)(i - 50)), (held[0][0], held[0][1]));
                    MessagePool.Return(held[0]);
                    held.RemoveAt(0);
                }
            }
            held.ForEach(MessagePool.Return);
        });
    }

    [Fact]
    public void Ten_thousand_small_arrays_come_back_without_a_new_one()
    {
        var all = new byte[10_000][];
        void Turn()
        {
            for (var i = 0; i < all.Length; i++)
            {
                all[i] = MessagePool.Rent(777);
            }
            foreach (var buffer in all)
            {
                MessagePool.Return(buffer);
            }
        }
        Turn();
        Turn();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Turn();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Lengths_that_are_never_rented_are_dropped()
    {
        MessagePool.Return([]);
        MessagePool.Return(new byte[8]);
        MessagePool.Return(new byte[1000]);
        MessagePool.Return(new byte[1 << 21]);
        Assert.Equal(1024, MessagePool.Rent(1000).Length);
    }
}
