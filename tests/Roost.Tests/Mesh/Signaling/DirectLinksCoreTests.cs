using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Signaling;
using Roost.Testing;

namespace Roost.Tests.Mesh.Signaling;

/// <summary>Who offers, who yields, and what is tried when a link is lost; without a network.</summary>
public class DirectLinksCoreTests
{
    private static readonly PeerId Low = PeerId.FromBytes([1, .. new byte[19]]);
    private static readonly PeerId High = PeerId.FromBytes([2, .. new byte[19]]);
    private static readonly SessionId Session = new(new Id16(1, 1));

    private Instant _now = Instant.FromUnixMilliseconds(1_000_000);

    [Fact]
    public void A_viewer_offers_when_it_sees_the_host_and_pings_once_it_is_linked()
    {
        var core = Viewer();
        var build = Assert.IsType<DirectEffect.Build>(Assert.Single(Tell(core, new DirectInput.Here(High, Session))));
        Assert.True(build.Offers);
        Assert.Equal([new DirectEffect.Take(High, build.C, "sdp")], Tell(core, Heard(new Signal.Answer("sdp", build.C))));
        Assert.Empty(Tell(core, Heard(new Signal.Answer("again", build.C))));
        Assert.Empty(Tell(core, Heard(new Signal.Candidate("line", "00000000"))));
        Assert.Equal([new DirectEffect.Add(High, build.C, "line")], Tell(core, Heard(new Signal.Candidate("line", build.C))));
        Assert.Equal([new DirectEffect.Up(High), new DirectEffect.Ping(High)], Tell(core, new DirectInput.Opened(High, build.C)));
        Assert.Equal([new DirectEffect.Ping(High)], Pass(core, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void A_host_answers_and_says_bye_to_those_beyond_its_limit()
    {
        var core = Host(maxLinks: 1);
        Assert.Empty(Tell(core, new DirectInput.Here(High, Session)));
        Assert.Equal([new DirectEffect.Build(High, "00000001", false), new DirectEffect.Accept(High, "00000001", "sdp")], Tell(core, Heard(new Signal.Offer("sdp", "00000001"))));
        var other = PeerId.FromBytes([3, .. new byte[19]]);
        Assert.Equal([new DirectEffect.Say(other, new Signal.Bye())], Tell(core, new DirectInput.Heard(other, Session, new Signal.Offer("sdp", "00000002"))));
        Assert.Equal([new DirectEffect.Drop(High)], Tell(core, new DirectInput.Failed(High, "00000001")));
        Assert.IsType<DirectEffect.Build>(Tell(core, new DirectInput.Heard(other, Session, new Signal.Offer("sdp", "00000003")))[0]);
    }

    [Fact]
    public void Where_offers_cross_the_smaller_id_takes_its_own_back()
    {
        var polite = Viewer(); // Low
        Build(polite);
        Assert.Equal([new DirectEffect.Build(High, "0000000f", false), new DirectEffect.Accept(High, "0000000f", "theirs")], Tell(polite, Heard(new Signal.Offer("theirs", "0000000f"))));
        var impolite = new DirectLinksCore(new DirectOptions { Self = High, Role = DirectRole.Offers }, new SeededDice(1));
        Tell(impolite, new DirectInput.Hub(true));
        Tell(impolite, new DirectInput.Here(Low, Session));
        Assert.Empty(Tell(impolite, new DirectInput.Heard(Low, Session, new Signal.Offer("theirs", "0000000f"))));
    }

    [Fact]
    public void A_silent_link_is_left_and_restarted_twice_and_rebuilt_once_and_then_rests()
    {
        var core = Viewer();
        string c = Build(core);
        Tell(core, new DirectInput.Opened(High, c));
        var since = _now;
        var seen = new List<(double At, DirectEffect What)>();
        while (_now - since < TimeSpan.FromSeconds(60))
        {
            seen.AddRange(Pass(core, TimeSpan.FromMilliseconds(100)).Where(e => e is not DirectEffect.Ping).Select(e => (Math.Round((_now - since).TotalSeconds), e)));
        }
        Assert.Equal((6, new DirectEffect.Down(High)), seen[0]);
        Assert.Equal((7, new DirectEffect.Restart(High, c)), seen[1]);
        Assert.Equal((9, new DirectEffect.Restart(High, c)), seen[2]);
        Assert.Equal(13, seen[3].At);
        Assert.IsType<DirectEffect.Build>(seen[3].What);
        Assert.Equal((23, new DirectEffect.Drop(High)), seen[4]);
        // Then only now and then: 30 s, a fifth more or less.
        Assert.Equal(6, seen.Count);
        Assert.IsType<DirectEffect.Build>(seen[5].What);
        Assert.InRange(seen[5].At, 23 + 24, 23 + 37);
    }

    [Fact]
    public void A_silent_link_that_speaks_again_is_used_again()
    {
        var core = Viewer();
        string c = Build(core);
        Tell(core, new DirectInput.Opened(High, c));
        Pass(core, TimeSpan.FromSeconds(6));
        Assert.Equal(0, core.Count);
        Assert.Equal([new DirectEffect.Up(High), new DirectEffect.Ping(High)], Tell(core, new DirectInput.Alive(High, c)));
        Assert.DoesNotContain(Pass(core, TimeSpan.FromSeconds(3)), e => e is DirectEffect.Restart);
    }

    [Fact]
    public void Without_a_hub_nothing_is_tried_and_with_the_next_one_it_is_at_once()
    {
        var core = Viewer();
        string c = Build(core);
        Tell(core, new DirectInput.Opened(High, c));
        Tell(core, new DirectInput.Hub(false));
        Assert.Equal([new DirectEffect.Down(High)], Pass(core, TimeSpan.FromSeconds(120)).Where(e => e is not DirectEffect.Ping));
        Tell(core, new DirectInput.Hub(true));
        Assert.Equal([new DirectEffect.Restart(High, c), new DirectEffect.Ping(High)], Tell(core, new DirectInput.Here(High, Session)));
    }

    [Fact]
    public void A_new_session_of_the_host_ends_the_old_link_and_starts_another()
    {
        var core = Viewer();
        string c = Build(core);
        Tell(core, new DirectInput.Opened(High, c));
        Assert.Empty(Tell(core, new DirectInput.Here(High, Session)));
        var effects = Tell(core, new DirectInput.Here(High, new SessionId(new Id16(9, 9))));
        Assert.Equal([new DirectEffect.Down(High), new DirectEffect.Drop(High)], effects[..2]);
        Assert.IsType<DirectEffect.Build>(effects[2]);
    }

    [Fact]
    public void After_bye_a_viewer_stays_on_the_hub_and_asks_ever_more_rarely()
    {
        var core = Viewer();
        var offers = new List<double>();
        Build(core);
        var since = _now;
        Tell(core, Heard(new Signal.Bye()));
        for (int i = 0; i < 40_000; i++)
        {
            if (Pass(core, TimeSpan.FromMilliseconds(100)).Any(e => e is DirectEffect.Build))
            {
                offers.Add((_now - since).TotalSeconds);
                Tell(core, Heard(new Signal.Bye()));
            }
        }
        Assert.InRange(offers.Count, 6, 14); // 30, 60, 120, 240, 480 s apart, then 600
        Assert.InRange(offers[0], 23, 37);
    }

    [Fact]
    public void A_flood_of_offers_builds_few_connections()
    {
        var core = Host(maxLinks: 8);
        int built = Enumerable.Range(0, 1000).Sum(i => Tell(core, Heard(new Signal.Offer("sdp", $"{i:x8}"))).Count(e => e is DirectEffect.Build));
        Assert.InRange(built, 1, 6);
    }

    [Fact]
    public void Those_who_look_for_no_links_are_left_alone()
    {
        var core = new DirectLinksCore(new DirectOptions { Self = Low, Role = DirectRole.Offers, MaxLinks = 0 }, new SeededDice(1));
        Tell(core, new DirectInput.Hub(true));
        Assert.Empty(Tell(core, new DirectInput.Here(High, Session)));
        Assert.Equal([new DirectEffect.Say(High, new Signal.Bye())], Tell(core, Heard(new Signal.Offer("sdp", "00000001"))));
        Assert.Null(core.NextWake);
    }

    private DirectLinksCore Viewer()
    {
        var core = new DirectLinksCore(new DirectOptions { Self = Low, Role = DirectRole.Offers }, new SeededDice(1));
        Tell(core, new DirectInput.Hub(true));
        return core;
    }

    private DirectLinksCore Host(int maxLinks)
    {
        var core = new DirectLinksCore(new DirectOptions { Self = Low, MaxLinks = maxLinks }, new SeededDice(1));
        Tell(core, new DirectInput.Hub(true));
        return core;
    }

    private string Build(DirectLinksCore core) => Assert.IsType<DirectEffect.Build>(Assert.Single(Tell(core, new DirectInput.Here(High, Session)))).C;

    private static DirectInput.Heard Heard(Signal signal) => new(High, Session, signal);

    private List<DirectEffect> Tell(DirectLinksCore core, DirectInput input)
    {
        core.Handle(input, _now);
        return Drain(core);
    }

    private List<DirectEffect> Pass(DirectLinksCore core, TimeSpan time)
    {
        var effects = new List<DirectEffect>();
        var end = _now + time;
        while (core.NextWake is { } wake && wake.At <= end)
        {
            _now = wake.At > _now ? wake.At : _now;
            core.Tick(_now);
            effects.AddRange(Drain(core));
            Assert.False(core.NextWake?.At < _now, "a wake in the past");
        }
        _now = end;
        return effects;
    }

    private static List<DirectEffect> Drain(DirectLinksCore core)
    {
        var effects = new List<DirectEffect>();
        while (core.TryTake(out var effect))
        {
            effects.Add(effect);
        }
        return effects;
    }
}
