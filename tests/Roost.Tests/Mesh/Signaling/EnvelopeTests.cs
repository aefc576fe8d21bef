using System.Text;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Signaling;
using Roost.Testing;

namespace Roost.Tests.Mesh.Signaling;

public sealed class EnvelopeTests : IDisposable
{
    private static readonly byte[] Words = Encoding.UTF8.GetBytes("offer");

    private readonly RoomKeys _room = new(RoomSecret.Generate(new SeededDice(1)), OwnerId.None);
    private readonly SigningKey _alice = SigningKey.FromSeed(Seed(1));
    private readonly SigningKey _bob = SigningKey.FromSeed(Seed(2));
    private readonly SigningKey _mallory = SigningKey.FromSeed(Seed(3));
    private readonly EnvelopeDesk _from;
    private readonly EnvelopeDesk _to;

    public EnvelopeTests()
    {
        _from = new EnvelopeDesk(_room, _alice, Session(1));
        _to = new EnvelopeDesk(_room, _bob, Session(2));
    }

    public void Dispose()
    {
        _room.Dispose();
        _alice.Dispose();
        _bob.Dispose();
        _mallory.Dispose();
    }

    [Fact]
    public void A_letter_opens_for_whom_it_was_sealed_once()
    {
        var bytes = Seal();
        Assert.True(_to.TryOpen(Id(_alice), bytes, out var session, out var payload));
        Assert.Equal((Session(1), "offer"), (session, Encoding.UTF8.GetString(payload)));
        Assert.False(_to.TryOpen(Id(_alice), bytes, out _, out _));
        Assert.Equal(1, _to.Refused);
    }

    [Fact]
    public void Letters_of_one_session_must_rise()
    {
        var (one, two) = (Seal(), Seal());
        Assert.True(_to.TryOpen(Id(_alice), two, out _, out _));
        Assert.False(_to.TryOpen(Id(_alice), one, out _, out _));
    }

    [Fact]
    public void Every_changed_byte_and_every_shorter_letter_is_refused()
    {
        var bytes = Seal();
        for (int at = 0; at < bytes.Length; at++)
        {
            var changed = bytes.ToArray();
            changed[at] ^= 1;
            Assert.False(_to.TryOpen(Id(_alice), changed, out _, out _));
            Assert.False(_to.TryOpen(Id(_alice), bytes.AsSpan(0, at), out _, out _));
        }
    }

    [Fact]
    public void Another_source_receiver_session_or_room_is_refused()
    {
        var bytes = Seal();
        Assert.False(_to.TryOpen(Id(_mallory), bytes, out _, out _));
        Assert.False(new EnvelopeDesk(_room, _mallory, Session(2)).TryOpen(Id(_alice), bytes, out _, out _));
        Assert.False(new EnvelopeDesk(_room, _bob, Session(3)).TryOpen(Id(_alice), bytes, out _, out _));
        using var elsewhere = new RoomKeys(RoomSecret.Generate(new SeededDice(2)), OwnerId.None);
        Assert.False(new EnvelopeDesk(elsewhere, _bob, Session(2)).TryOpen(Id(_alice), bytes, out _, out _));
    }

    [Theory]
    [InlineData("""{"type":"offer","sdp":"v=0","c":"0123abcd"}""", true)]
    [InlineData("""{"type":"answer","sdp":"v=0","c":"0123abcd"}""", true)]
    [InlineData("""{"type":"ice-candidate","candidate":{"candidate":"candidate:1","sdpMid":"0"},"c":"0123abcd"}""", true)]
    [InlineData("""{"type":"ice-candidate","candidate":null,"c":"0123abcd"}""", true)]
    [InlineData("""{"type":"bye"}""", true)]
    [InlineData("""{"type":"offer","sdp":"v=0","c":"0123ABCD"}""", false)]
    [InlineData("""{"type":"offer","sdp":"v=0","c":"0123abcde"}""", false)]
    [InlineData("""{"type":"offer","sdp":7,"c":"0123abcd"}""", false)]
    [InlineData("""{"type":"offer","sdp":"\ud800","c":"0123abcd"}""", false)]
    [InlineData("""{"type":"ice-candidate","candidate":"candidate:1","c":"0123abcd"}""", false)]
    [InlineData("""["offer"]""", false)]
    [InlineData("""{"type":"offer" """, false)]
    public void Signals_are_read_as_the_protocol_says_and_nothing_else(string json, bool isSignal)
    {
        var signal = Signal.TryRead(Encoding.UTF8.GetBytes(json));
        Assert.Equal(isSignal, signal is not null);
        if (signal is not null)
        {
            Assert.Equal(signal, Signal.TryRead(signal.ToJson()));
        }
    }

    [Fact]
    public void Messages_are_cut_and_joined_and_what_is_too_long_or_odd_is_refused()
    {
        foreach (int length in new[] { 0, 1, 59_999, 60_000, 65_535 })
        {
            var joiner = new PartJoiner();
            byte[]? whole = null;
            foreach (var frame in MainChannel.Write(MainKind.Feed, new byte[length]))
            {
                Assert.Null(whole);
                Assert.True(joiner.TryAdd(frame, out whole));
            }
            Assert.Equal(length + 1, whole?.Length);
            Assert.Equal((byte)MainKind.Feed, whole![0]);
        }
        Assert.False(new PartJoiner().TryAdd([], out _));
        Assert.False(new PartJoiner().TryAdd([2, 1], out _));
        var flooded = new PartJoiner();
        Assert.True(flooded.TryAdd([1, .. new byte[60_000]], out _));
        Assert.False(flooded.TryAdd([1, .. new byte[60_000]], out _));
    }

    private byte[] Seal() => _from.Seal(Id(_bob), Session(2), Words);

    private static PeerId Id(SigningKey key) => PeerId.OfKey(key.PublicKey);

    private static SessionId Session(ulong n) => new(new Id16(n, n));

    private static byte[] Seed(byte n) => [.. Enumerable.Repeat(n, 32)];
}
