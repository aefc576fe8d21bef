using Roost.Core.Identity;
using Roost.Mesh.Hubs;

namespace Roost.Tests.Mesh.Hubs;

/// <summary>Guests that do as PeerPigeon's do: the larger id offers when it hears of a peer, and the smaller answers while it has a slot.</summary>
public class IntroductionTests
{
    // These guests answer no pings.
    private static readonly HubLimits Silent = new() { PingAfter = TimeSpan.FromDays(1) };

    [Theory]
    [InlineData(8)]
    [InlineData(60)]
    [InlineData(400)]
    public void A_crowd_is_one_mesh_at_once_for_a_twentieth_of_the_frames(int count)
    {
        var rig = new HubRig(Silent with { Discovery = DiscoveryMode.Shaped });
        var mesh = new Mesh(rig);
        for (int n = 1; n <= count; n++)
        {
            rig.Guest(n);
            rig.World.Run(TimeSpan.FromMilliseconds(100));
        }
        Assert.Single(mesh.Pieces(count));
        rig.World.Run(TimeSpan.FromSeconds(10));
        int frames = rig.Take<HubEffect.Introduce>().Count;
        Assert.InRange(frames, count, 4 * count);
        Assert.True(count < 100 || frames <= count * (count - 1) / 20);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Those_whom_a_departure_cuts_off_are_introduced_again(int seed)
    {
        var rig = new HubRig(Silent with { Discovery = DiscoveryMode.Shaped }, seed);
        var mesh = new Mesh(rig);
        for (int n = 1; n <= 40; n++)
        {
            rig.Guest(n);
            rig.World.Run(TimeSpan.FromMilliseconds(200));
        }
        for (int n = 1; n <= 20; n++)
        {
            mesh.Leave(n * 2);
            rig.Say(new HubInput.Closed(new(n * 2)));
            rig.World.Run(TimeSpan.FromSeconds(4));
            Assert.Single(mesh.Pieces(40));
        }
    }

    [Fact]
    public void Who_is_not_answered_is_introduced_to_somebody_else_within_seconds_and_ever_more_rarely()
    {
        var rig = new HubRig(Silent with { Discovery = DiscoveryMode.Shaped });
        var mesh = new Mesh(rig) { Deaf = { HubRig.Peer(1) } };
        rig.Guest(1);
        rig.Guest(2);
        rig.Guest(3);
        rig.World.Run(TimeSpan.FromSeconds(12));
        Assert.Contains(mesh.Links, link => link == (HubRig.Peer(2), HubRig.Peer(3)));
        rig.Take<HubEffect>();
        rig.World.Run(TimeSpan.FromHours(1));
        Assert.InRange(rig.Take<HubEffect.Introduce>().Count, 1, 60);
    }

    [Fact]
    public void Of_a_pair_the_larger_hears_first_and_the_smaller_a_moment_later()
    {
        var rig = new HubRig();
        rig.Guest(9);
        rig.Guest(2);
        Assert.Equal(HubRig.Peer(9), rig.Take<HubEffect.Introduce>().Single().ToPeer);
        rig.World.Run(TimeSpan.FromSeconds(1));
        Assert.Empty(rig.Take<HubEffect.Introduce>());
        rig.World.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(HubRig.Peer(2), rig.Take<HubEffect.Introduce>().Single().ToPeer);
    }

    [Theory]
    [InlineData(DiscoveryMode.Auto, 6, true)]
    [InlineData(DiscoveryMode.Auto, 12, false)]
    [InlineData(DiscoveryMode.Full, 12, true)]
    [InlineData(DiscoveryMode.Shaped, 6, false)]
    public void A_small_network_hears_of_everybody_and_again_before_it_has_long_forgotten(DiscoveryMode mode, int count, bool everybody)
    {
        var rig = new HubRig(Silent with { Discovery = mode });
        _ = new Mesh(rig);
        for (int n = 1; n <= count; n++)
        {
            rig.Guest(n);
        }
        rig.World.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(everybody, rig.Take<HubEffect.Introduce>().Select(e => (e.ToPeer, e.Peer)).Distinct().Count() == count * (count - 1));
        rig.World.Run(TimeSpan.FromSeconds(340));
        Assert.Equal(everybody, rig.Take<HubEffect.Introduce>().Select(e => (e.ToPeer, e.Peer)).Distinct().Count() == count * (count - 1));
    }

    private sealed class Mesh
    {
        private readonly HubRig _rig;

        public Mesh(HubRig rig)
        {
            _rig = rig;
            rig.Performed = effect =>
            {
                if (effect is HubEffect.Introduce e)
                {
                    rig.World.After(TimeSpan.FromMilliseconds(20), () => Offer(e.ToPeer, e.Peer));
                }
            };
        }

        public HashSet<(PeerId Small, PeerId Large)> Links { get; } = [];

        public HashSet<PeerId> Deaf { get; } = [];

        private readonly HashSet<PeerId> _gone = [];

        public void Leave(int n)
        {
            _gone.Add(HubRig.Peer(n));
            Links.RemoveWhere(link => link.Small == HubRig.Peer(n) || link.Large == HubRig.Peer(n));
        }

        public List<HashSet<PeerId>> Pieces(int count)
        {
            var pieces = new List<HashSet<PeerId>>();
            for (int n = 1; n <= count; n++)
            {
                var peer = HubRig.Peer(n);
                if (!_gone.Contains(peer) && !pieces.Any(piece => piece.Contains(peer)))
                {
                    pieces.Add(Reach(peer));
                }
            }
            return pieces;
        }

        private HashSet<PeerId> Reach(PeerId start)
        {
            var reached = new HashSet<PeerId> { start };
            var open = new Queue<PeerId>([start]);
            while (open.TryDequeue(out var at))
            {
                foreach (var (small, large) in Links)
                {
                    var next = small == at ? large : large == at ? small : at;
                    if (reached.Add(next))
                    {
                        open.Enqueue(next);
                    }
                }
            }
            return reached;
        }

        private void Offer(PeerId from, PeerId to)
        {
            bool larger = string.CompareOrdinal(from.ToString(), to.ToString()) > 0;
            if (!larger || _gone.Contains(from) || _gone.Contains(to) || Deaf.Contains(from) || Deaf.Contains(to) || Degree(from) >= 3 || Degree(to) >= 3)
            {
                return;
            }
            Links.Add((to, from));
            _rig.Say(new HubInput.Signal(ConnectionOf(to), 0, from, 2, default, Settles: true));
        }

        private int Degree(PeerId peer) => Links.Count(link => link.Small == peer || link.Large == peer);

        private static ConnectionId ConnectionOf(PeerId peer) => new(Convert.ToInt32(peer.ToString()[..8], 16));
    }
}
