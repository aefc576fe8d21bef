using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;

namespace Roost.Tests.Mesh.Federation;

/// <summary>Signals to a peer that goes from one hub to another: hub 1 is looked at, the peer was at 2 and is at 3.</summary>
public class RouterTests
{
    private readonly MeshRig _rig = new();

    [Fact]
    public void What_a_former_home_gives_back_arrives_before_what_was_said_later()
    {
        var (from, two, three) = Moved();
        Say(from, 2);
        uint echo = _rig.Sent<MeshFrame.Ping>(two).Single().Echo;
        Say(from, 3);
        Assert.Empty(_rig.Sent<MeshFrame.Signal>(three));
        _rig.Hear(two, new MeshFrame.Nack(0, Signal(1)), new MeshFrame.Pong(echo));
        Assert.Equal([1, 2, 3], Numbers(_rig.Sent<MeshFrame.Signal>(three)));
        Say(from, 4);
        Assert.Equal([4], Numbers(_rig.Sent<MeshFrame.Signal>(three)));
    }

    [Fact]
    public void A_former_home_that_never_answers_holds_nothing_up_for_long()
    {
        var (from, two, three) = Moved();
        Say(from, 2);
        _rig.Sent<MeshFrame>(two);
        _rig.Hub.World.Run(TimeSpan.FromSeconds(1.5));
        Assert.Equal([2], Numbers(_rig.Sent<MeshFrame.Signal>(three)));
    }

    [Fact]
    public void A_former_home_whose_link_ends_is_not_waited_for()
    {
        var (from, two, three) = Moved();
        Say(from, 2);
        _rig.Sent<MeshFrame>(two);
        _rig.Tell(new MeshInput.LinkDown(two, Roost.Mesh.Links.LinkRefusal.None));
        Assert.Equal([2], Numbers(_rig.Sent<MeshFrame.Signal>(three)));
    }

    [Fact]
    public void More_than_may_wait_goes_at_once_instead_of_being_lost()
    {
        var (from, two, three) = Moved();
        for (int i = 2; i < 302; i++)
        {
            Say(from, i);
        }
        Assert.Equal(Enumerable.Range(2, 300), Numbers(_rig.Sent<MeshFrame.Signal>(three)));
        Assert.NotEqual(two, three);
    }

    [Fact]
    public void A_hub_cannot_have_a_signal_sent_from_here_by_giving_back_what_it_never_got()
    {
        var (_, _, three) = Moved();
        var four = _rig.Link(4);
        _rig.Hub.Take<HubEffect>();
        _rig.Hear(four, new MeshFrame.Nack(MeshRig.IdOf(3).Short, Signal(666)));
        _rig.Hub.World.Run(TimeSpan.FromSeconds(3));
        Assert.Empty(_rig.Sent<MeshFrame.Signal>(three));
    }

    /// <summary>Number 1 is on its way to hub 2 when hub 3 puts a newer lease.</summary>
    private (ConnectionId From, LinkId Two, LinkId Three) Moved()
    {
        var (two, three) = (_rig.Link(2), _rig.Link(3));
        _rig.Hear(two, new MeshFrame.Put([MeshRig.Bound(30, 2, 5)]));
        var from = _rig.Enter(11);
        _rig.Hub.Take<HubEffect>();
        Say(from, 1);
        Assert.Equal([1], Numbers(_rig.Sent<MeshFrame.Signal>(two)));
        _rig.Hear(three, new MeshFrame.Put([MeshRig.Bound(30, 3, 6)]));
        _rig.Hub.Take<HubEffect>();
        return (from, two, three);
    }

    private void Say(ConnectionId from, int number) => _rig.Hub.Say(new HubInput.Signal(from, 0, MeshRig.PeerOf(30), 0, BitConverter.GetBytes(number)));

    private static MeshFrame.Signal Signal(int number) => new(MeshRig.Net, MeshTypes.MaxHops, MeshRig.PeerOf(11), MeshRig.PeerOf(30), 0, false, 0, BitConverter.GetBytes(number));

    private static IEnumerable<int> Numbers(List<MeshFrame.Signal> signals) => signals.Select(signal => BitConverter.ToInt32(signal.Body.Span));
}
