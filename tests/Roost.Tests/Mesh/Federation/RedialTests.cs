using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Links;

namespace Roost.Tests.Mesh.Federation;

/// <summary>A dead hub is dialled again at every address that it named, not at some of them.</summary>
public class RedialTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_dead_hub_is_dialled_at_all_its_addresses(int addresses)
    {
        var rig = new MeshRig();
        string[] urls = [.. Enumerable.Range(1, addresses).Select(n => $"ws://hub2-{n}.example:3000/mesh")];
        var link = rig.Link(2, Reach.Public, urls);
        rig.Tell(new MeshInput.LinkDown(link, LinkRefusal.Leaving));
        rig.Hub.Effects.Clear();
        var dialled = new List<string>();
        for (int i = 0; i < 60; i++)
        {
            rig.Hub.World.Run(TimeSpan.FromSeconds(0.5));
            foreach (var dial in rig.Hub.Take<HubEffect.ToMesh>().Select(effect => effect.Effect).OfType<MeshEffect.Dial>())
            {
                dialled.Add(dial.Url);
                rig.Tell(new MeshInput.DialFailed(dial.Url, LinkRefusal.None, dial.Wanted));
            }
        }
        Assert.Equal(urls, dialled.Distinct().Order());
    }
}
