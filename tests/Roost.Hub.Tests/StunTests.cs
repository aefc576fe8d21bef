using System.Net;
using System.Net.Sockets;
using Roost.Hub.Stun;

namespace Roost.Hub.Tests;

public class StunTests
{
    // RFC 5769 section 2.2 and 2.3: the mapped addresses of the sample responses, for the transaction id of the sample.
    [Theory]
    [InlineData("192.0.2.1", 32853, "0001a147e112a643")]
    [InlineData("2001:db8:1234:5678:11:2233:4455:6677", 32853, "0002a1470113a9faa5d3f179bc25f4b5bed2b9d9")]
    public void The_mapped_address_is_the_rfcs(string address, int port, string expected)
    {
        var answer = new byte[StunBinding.MaxAnswer];
        int size = StunBinding.Answer(Convert.FromHexString("000100002112a442b7e7a701bc34d686fa87dfae"), new(IPAddress.Parse(address), port), answer);
        Assert.Equal("0101", Convert.ToHexStringLower(answer.AsSpan(0, 2)));
        Assert.Equal("2112a442b7e7a701bc34d686fa87dfae", Convert.ToHexStringLower(answer.AsSpan(4, 16)));
        Assert.Equal("0020", Convert.ToHexStringLower(answer.AsSpan(20, 2)));
        Assert.Equal(expected, Convert.ToHexStringLower(answer.AsSpan(24, size - 24)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("000100002112a442b7e7a701bc34d686fa87df")]       // short
    [InlineData("000100042112a442b7e7a701bc34d686fa87dfae")]     // promises an attribute that is not there
    [InlineData("000100002112a443b7e7a701bc34d686fa87dfae")]     // RFC 3489's clients: no cookie
    [InlineData("010100002112a442b7e7a701bc34d686fa87dfae")]     // an answer, which must not be answered
    [InlineData("000100042112a442b7e7a701bc34d686fa87dfae0030ffff")]
    public void Anything_else_gets_no_answer(string hex) =>
        Assert.Equal(0, StunBinding.Answer(Convert.FromHexString(hex), new(IPAddress.Loopback, 1), new byte[StunBinding.MaxAnswer]));

    [Fact]
    public void An_attribute_it_must_understand_and_does_not_is_named()
    {
        var answer = new byte[StunBinding.MaxAnswer];
        int size = StunBinding.Answer(Convert.FromHexString("000100042112a442b7e7a701bc34d686fa87dfae00030000"), new(IPAddress.Loopback, 1), answer);
        Assert.Equal("0111", Convert.ToHexStringLower(answer.AsSpan(0, 2)));
        Assert.Equal("000900040000" + "0414" + "000a000200030000", Convert.ToHexStringLower(answer.AsSpan(20, size - 20)));
    }

    [Fact]
    public async Task A_hub_answers_on_the_port_of_its_name()
    {
        await using var hub = await TestHub.StartAsync();
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var request = Convert.FromHexString("000100002112a442b7e7a701bc34d686fa87dfae");
        await socket.SendAsync(request, new IPEndPoint(IPAddress.Loopback, hub.Host.Port), TestContext.Current.CancellationToken);
        var answer = await socket.ReceiveAsync(TestContext.Current.CancellationToken);
        Assert.Equal(32, answer.Buffer.Length);
    }
}
