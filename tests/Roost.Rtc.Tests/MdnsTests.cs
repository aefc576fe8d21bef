using System.Net;
using System.Net.Sockets;
using Roost.Rtc.Ice;
using Roost.Rtc.Net;
using Roost.Rtc.Net.Mdns;

namespace Roost.Rtc.Tests;

public sealed class MdnsTests
{
    [Theory]
    [InlineData("192.0.2.7", true)]
    [InlineData("192.0.2.7", false)]
    [InlineData("2001:db8::7", true)]
    [InlineData("2001:db8::7", false)]
    public void What_is_asked_is_answered(string text, bool isLegacy)
    {
        var address = IPAddress.Parse(text);
        const string name = "6f0f2bb1-9d4b-4d9a-8bd9-1a3a1ab2f0a1.local";
        var question = MdnsMessage.Question(name);
        Assert.False(MdnsMessage.TryReadQuestion(question, _ => null, out _));
        Assert.True(MdnsMessage.TryReadQuestion(question, asked => asked == name ? address : null, out var heard));
        Assert.True(heard.WantsUnicast);
        var answer = MdnsMessage.Answer(heard, isLegacy);
        Assert.False(MdnsMessage.TryReadQuestion(answer, _ => address, out _));
        Assert.True(MdnsMessage.TryReadAnswer(answer, name, out var read));
        Assert.Equal(address, read);
        Assert.False(MdnsMessage.TryReadAnswer(answer, "other.local", out _));
    }

    [Fact]
    public async Task A_responder_answers_for_its_names_until_they_are_forgotten()
    {
        var responder = new MdnsResponder(new IPEndPoint(IPAddress.Loopback, 0));
        var name = responder.Hide(IPAddress.Parse("192.0.2.9"));
        using var asker = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Equal(IPAddress.Parse("192.0.2.9"), await AskAsync(asker, responder, name));
        var other = responder.Hide(IPAddress.Parse("192.0.2.10"));
        responder.Forget(name);
        // Rubbish and forgotten names bring nothing: the next answer is the other name's.
        await asker.SendAsync(new byte[40], responder.Address, TestContext.Current.CancellationToken);
        await asker.SendAsync(MdnsMessage.Question(name), responder.Address, TestContext.Current.CancellationToken);
        Assert.Equal(IPAddress.Parse("192.0.2.10"), await AskAsync(asker, responder, other));
    }

    [Fact]
    public async Task Hidden_addresses_are_nowhere_in_the_description()
    {
        await using var connection = new RtcPeerConnection(new RtcConfiguration { HideAddresses = true, IncludeLoopback = true });
        connection.CreateDataChannel("test");
        await connection.SetLocalDescriptionAsync();
        await connection.Gathered.WaitAsync(Pair.Patience);
        var sdp = (await connection.GetLocalDescriptionAsync()).Sdp;
        var candidates = sdp.Split("\r\n").Where(l => l.StartsWith("a=candidate:", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(candidates);
        Assert.All(candidates, line =>
        {
            Assert.True(IceCandidate.TryParse(line, out var candidate));
            Assert.True(candidate.IsMdns);
        });
        Assert.DoesNotContain("127.0.0.1 ", string.Concat(candidates), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_with_hidden_addresses_reaches_one_that_shows_its_own()
    {
        var hidden = new RtcConfiguration { BindAddresses = [IPAddress.Loopback], HideAddresses = true };
        await using var pair = new Pair(offerer: hidden);
        var (here, there) = await pair.OpenAsync();
        await here.SendAsync("hidden");
        using var message = await there.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Pair.Patience);
        Assert.Equal("hidden", message!.Text);
    }

    private static async Task<IPAddress?> AskAsync(UdpClient asker, MdnsResponder responder, string name)
    {
        await asker.SendAsync(MdnsMessage.Question(name), responder.Address, TestContext.Current.CancellationToken);
        var answer = await asker.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Pair.Patience);
        Assert.True(MdnsMessage.TryReadAnswer(answer.Buffer, name, out var address));
        return address;
    }
}
