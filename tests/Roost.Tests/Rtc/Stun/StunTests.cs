using System.Text;
using Roost.Rtc;
using Roost.Rtc.Stun;

namespace Roost.Tests.Rtc.Stun;

public sealed class StunTests
{
    /// <summary>RFC 5769 §2.1: sample request, password "VOkJxbRl1RmTxUk/WvJxBt".</summary>
    private const string SampleRequest =
        "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b151263b36"
        + "000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf";

    /// <summary>RFC 5769 §2.2: sample IPv4 response.</summary>
    private const string SampleResponse =
        "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96";

    private static readonly byte[] Key = Encoding.ASCII.GetBytes("VOkJxbRl1RmTxUk/WvJxBt");

    [Fact]
    public void The_sample_request_of_RFC_5769_is_understood()
    {
        Assert.True(StunMessage.TryRead(Convert.FromHexString(SampleRequest), out var message));
        Assert.Equal(StunType.BindingRequest, message.Type);
        Assert.True(message.HasIntegrity(Key));
        Assert.True(message.HasFingerprint);
        Assert.True(message.TryFind(StunAttribute.Username, out var username));
        Assert.Equal("evtj:h6vY", Encoding.ASCII.GetString(username));
        Assert.True(message.TryFindUInt32(StunAttribute.Priority, out var priority));
        Assert.Equal(0x6e0001ffu, priority);
        Assert.Equal(0, message.FirstUnknownRequired);
    }

    [Fact]
    public void The_sample_response_of_RFC_5769_is_understood()
    {
        Assert.True(StunMessage.TryRead(Convert.FromHexString(SampleResponse), out var message));
        Assert.True(message.HasIntegrity(Key));
        Assert.True(message.HasFingerprint);
        Assert.True(message.TryFindAddress(StunAttribute.XorMappedAddress, out var address));
        Assert.Equal("192.0.2.1:32853", address.ToString());
    }

    [Theory]
    [InlineData("192.0.2.1", 32853)]
    [InlineData("2001:db8:1234:5678:11:2233:4455:6677", 1)]
    public void What_is_written_is_read_back(string host, int port)
    {
        Assert.True(TransportAddress.TryParse(host, port, out var address));
        var buffer = new byte[256];
        var writer = new StunWriter(buffer, StunType.BindingSuccess, new StunTransactionId(1, 2));
        writer.AddXorAddress(StunAttribute.XorMappedAddress, address);
        var length = writer.Finish(Key);
        Assert.True(StunMessage.TryRead(buffer.AsSpan(0, length), out var message));
        Assert.True(message.HasIntegrity(Key));
        Assert.True(message.HasFingerprint);
        Assert.True(message.TryFindAddress(StunAttribute.XorMappedAddress, out var read));
        Assert.Equal(address, read);
    }

    [Fact]
    public void One_changed_bit_anywhere_breaks_the_integrity()
    {
        var original = Convert.FromHexString(SampleRequest);
        for (var bit = 0; bit < (original.Length - 32) * 8; bit++)
        {
            var changed = (byte[])original.Clone();
            changed[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(StunMessage.TryRead(changed, out var message) && message.HasIntegrity(Key));
        }
    }
}
