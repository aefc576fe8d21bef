using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Peers;
using Roost.Mesh.Wire;
using Roost.Testing;

namespace Roost.Tests.Mesh.Peers;

public class HubLinkCoreTests
{
    private static readonly SigningKey Hub = SigningKey.FromSeed([.. Enumerable.Repeat((byte)1, 32)]);
    private static readonly SigningKey Peer = SigningKey.FromSeed([.. Enumerable.Repeat((byte)2, 32)]);
    private readonly RoomKeys _room = new(RoomSecret.FromBytes(new byte[16]), Peer.PublicKey.ToOwnerId());
    private readonly byte[] _hubNonce = [.. Enumerable.Repeat((byte)7, 32)];
    private readonly List<HubLinkEffect> _seen = [];
    private HubLinkCore _core = null!;
    private Instant _now = Instant.FromUnixMilliseconds(1_000);

    public HubLinkCoreTests() => Begin("http://one.test:3000");

    [Fact]
    public void It_dials_proves_checks_the_hub_and_joins()
    {
        Tell(new HubLinkInput.Join(_room.Join, new SessionId(new Id16(1, 2)), HostsOnly: true));
        Enter();
        Assert.Equal(new Uri("ws://one.test:3000/roost"), Last<HubLinkEffect.Dial>().Door);
        Assert.True(_core.IsOnline);
        var join = Assert.IsType<DoorFrame.Join>(Sent()[^1]);
        Assert.True(DoorProof.IsValid(join, _hubNonce, PeerId.OfKey(Peer.PublicKey)));
        Assert.Equal(DoorTypes.HostsOnly, join.Flags);
    }

    [Fact]
    public void A_hub_that_cannot_prove_its_key_is_left()
    {
        Open();
        var auth = Assert.IsType<DoorFrame.Auth>(Sent()[^1]);
        Hear(new DoorFrame.Welcome(new byte[64], "{}"u8.ToArray()));
        Assert.False(_core.IsOnline);
        Assert.Contains("did not prove", Last<HubLinkEffect.Offline>().Reason);
        Assert.Equal("one.test:3000", auth.Authority);
    }

    [Fact]
    public void It_comes_back_for_ever_after_1_2_4_up_to_30_seconds()
    {
        double[] expected = [1, 2, 4, 8, 16, 30, 30];
        foreach (double seconds in expected)
        {
            Tell(new HubLinkInput.Closed("no route"));
            Assert.InRange((Last<HubLinkEffect.Offline>().RetryAt - _now).TotalSeconds, seconds * 0.8, seconds * 1.2);
            Wait(TimeSpan.FromSeconds(seconds * 1.2));
        }
    }

    [Fact]
    public void A_loss_after_a_good_while_starts_from_one_second_again_and_joins_again()
    {
        Tell(new HubLinkInput.Join(_room.Join, default, HostsOnly: false));
        Enter();
        Wait(TimeSpan.FromSeconds(15));
        Tell(new HubLinkInput.Closed("hub killed"));
        Assert.InRange((Last<HubLinkEffect.Offline>().RetryAt - _now).TotalSeconds, 0.8, 1.2);
        Wait(TimeSpan.FromSeconds(1.2));
        Enter(dialled: true);
        Assert.IsType<DoorFrame.Join>(Sent()[^1]);
    }

    [Fact]
    public void The_next_hub_is_tried_when_one_fails()
    {
        Begin("http://one.test:3000", "https://two.test");
        Tell(new HubLinkInput.Closed("refused"));
        Wait(TimeSpan.FromSeconds(1.2));
        Assert.Equal(new Uri("wss://two.test/roost"), Last<HubLinkEffect.Dial>().Door);
        Open();
        Assert.Equal("two.test:443", Assert.IsType<DoorFrame.Auth>(Sent()[^1]).Authority);
    }

    [Fact]
    public void When_its_hub_dies_it_goes_at_once_to_one_that_hub_told_of()
    {
        Enter(said: """{"v":1,"hubs":["http://two.test:3000", 7, "ftp://no.test", "https://three.test"]}""");
        Tell(new HubLinkInput.Closed("killed"));
        Assert.InRange((Last<HubLinkEffect.Offline>().RetryAt - _now).TotalSeconds, 0, 0.3);
        Wait(TimeSpan.FromSeconds(0.3));
        Assert.Equal(new Uri("ws://two.test:3000/roost"), Last<HubLinkEffect.Dial>().Door);
        Tell(new HubLinkInput.Closed("refused"));
        Wait(TimeSpan.FromSeconds(0.3));
        Assert.Equal(new Uri("wss://three.test/roost"), Last<HubLinkEffect.Dial>().Door);
    }

    [Fact]
    public void A_hub_that_is_taken_out_is_told_goodbye_heard_out_and_left_for_another()
    {
        Enter(said: """{"v":1,"hubs":["http://two.test:3000"]}""");
        Hear(new DoorFrame.Error(22, DoorTypes.NoFrame, "draining"));
        Assert.IsType<DoorFrame.Goodbye>(Sent()[^1]);
        Assert.False(_core.IsOnline);
        int sent = Sent().Count;
        Tell(new HubLinkInput.Say(new DoorFrame.Ping(default)));
        Assert.Equal(sent, Sent().Count); // After goodbye, nothing.
        Hear(new DoorFrame.Signal(PeerId.OfKey(Hub.PublicKey), PeerId.OfKey(Peer.PublicKey), "late"u8.ToArray()));
        Assert.IsType<DoorFrame.Signal>(Last<HubLinkEffect.Heard>().Frame);
        Tell(new HubLinkInput.Closed("1001"));
        Wait(TimeSpan.FromSeconds(0.3));
        Assert.Equal(new Uri("ws://two.test:3000/roost"), Last<HubLinkEffect.Dial>().Door);
    }

    [Fact]
    public void Who_knows_no_other_hub_stays_at_one_that_is_taken_out()
    {
        Enter();
        Hear(new DoorFrame.Error(22, DoorTypes.NoFrame, "draining"));
        Assert.True(_core.IsOnline);
        Assert.DoesNotContain(Sent(), frame => frame is DoorFrame.Goodbye);
    }

    [Fact]
    public void A_hub_that_does_not_answer_is_given_up_after_five_seconds()
    {
        Tell(new HubLinkInput.Opened());
        Wait(TimeSpan.FromSeconds(4.9));
        Assert.DoesNotContain(_seen, e => e is HubLinkEffect.Hangup);
        Wait(TimeSpan.FromSeconds(0.2));
        Assert.Contains(_seen, e => e is HubLinkEffect.Hangup);
    }

    [Fact]
    public void Silence_is_pinged_and_then_counts_as_loss()
    {
        Enter();
        Wait(TimeSpan.FromSeconds(21));
        Assert.IsType<DoorFrame.Ping>(Sent()[^1]);
        Hear(new DoorFrame.Pong(default));
        Wait(TimeSpan.FromSeconds(21));
        Assert.True(_core.IsOnline);
        Wait(TimeSpan.FromSeconds(21));
        Assert.False(_core.IsOnline);
        Assert.Contains("silent", _seen.OfType<HubLinkEffect.Offline>().First().Reason);
    }

    [Fact]
    public void A_replaced_link_does_not_come_back()
    {
        Enter();
        Hear(new DoorFrame.Error(13, DoorTypes.NoFrame, "replaced"));
        Assert.Contains(_seen, e => e is HubLinkEffect.Replaced);
        Tell(new HubLinkInput.Closed("4409"));
        Assert.Null(_core.NextWake);
    }

    [Fact]
    public void The_hubs_reason_is_what_the_user_is_told()
    {
        Open();
        Hear(new DoorFrame.Error(5, 0, "this hub answers to example.org:443"));
        Tell(new HubLinkInput.Closed("the hub closed the link (4403)"));
        Assert.Equal("this hub answers to example.org:443", Last<HubLinkEffect.Offline>().Reason);
    }

    [Fact]
    public void Junk_from_a_hub_ends_that_connection_only()
    {
        Enter();
        Tell(new HubLinkInput.Message(new byte[] { 0x06, 1, 2, 3 }));
        Assert.False(_core.IsOnline);
        Assert.NotNull(_core.NextWake);
    }

    [Theory]
    [InlineData("http://h", "http://h", "ws://h/roost", "h:80")]
    [InlineData("wss://H.example", "https://h.example", "wss://h.example/roost", "h.example:443")]
    [InlineData("http://[::1]:3000/x#y", "http://[::1]:3000", "ws://[::1]:3000/roost", "[::1]:3000")]
    public void Addresses_have_one_authority(string text, string origin, string door, string authority)
    {
        var address = HubAddress.Parse(text);
        Assert.Equal(origin, address.Origin);
        Assert.Equal(new Uri(door), address.Door);
        Assert.Equal(authority, address.Authority);
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost:3000")]
    [InlineData("ftp://h")]
    public void Other_texts_are_no_addresses(string text) => Assert.False(HubAddress.TryParse(text, out _));

    private void Begin(params string[] hubs)
    {
        _seen.Clear();
        _core = new HubLinkCore(new HubLinkOptions { Hubs = hubs, Identity = Peer }, new SeededDice(1));
        Tell(new HubLinkInput.Start());
    }

    private void Open()
    {
        Tell(new HubLinkInput.Opened());
        Hear(new DoorFrame.Hello(1, Hub.PublicKey, _hubNonce));
    }

    private void Enter(bool dialled = false, string said = "{\"v\":1}")
    {
        Assert.True(!dialled || _seen[^1] is HubLinkEffect.Dial);
        Open();
        var auth = Assert.IsType<DoorFrame.Auth>(Sent()[^1]);
        Assert.True(Ed25519.Verify(auth.PeerKey, DoorProof.AuthMessage(Hub.PublicKey, _hubNonce, auth.PeerKey, auth.PeerNonce.Span, auth.Network, auth.Authority), auth.Signature.Span));
        var json = System.Text.Encoding.UTF8.GetBytes(said);
        var proof = DoorProof.WelcomeMessage(Hub.PublicKey, _hubNonce, auth.PeerKey, auth.PeerNonce.Span, auth.Network, auth.Authority, json);
        Hear(new DoorFrame.Welcome(Hub.Sign(proof), json));
    }

    private void Hear(DoorFrame frame) => Tell(new HubLinkInput.Message(DoorCodec.ToArray(frame, DoorSide.Hub)));

    private void Tell(HubLinkInput input)
    {
        _core.Handle(input, _now);
        Drain();
    }

    private void Wait(TimeSpan time)
    {
        var until = _now + time;
        while (_core.NextWake is { } wake && wake.At <= until)
        {
            _now = wake.At > _now ? wake.At : _now;
            _core.Tick(_now);
            Drain();
            Assert.True(_core.NextWake is not { } next || next.At > _now, "a core's next wake is never in the past");
        }
        _now = until;
    }

    private void Drain()
    {
        while (_core.TryTake(out var effect))
        {
            _seen.Add(effect);
        }
    }

    private T Last<T>() => _seen.OfType<T>().Last();

    private List<DoorFrame> Sent() => [.. _seen.OfType<HubLinkEffect.Transmit>().Select(t =>
    {
        Assert.True(DoorCodec.TryRead(t.Message, DoorSide.Peer, out var frame));
        return frame;
    })];
}
