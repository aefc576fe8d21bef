using System.Collections.Concurrent;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Signaling;
using Roost.Peer.Documents;

namespace Roost.Peer.Tests.Documents;

/// <summary>Documents whose members are linked over WebRTC, with a real hub on loopback.</summary>
public class DirectDocumentTests
{
    [Fact]
    public async Task Linked_writers_write_on_when_the_hub_is_gone()
    {
        await using var desk = await Desk.StartAsync();
        var (first, second) = (new Paths(), new Paths());
        var a = await desk.OpenAsync(happened: first.Hear, name: "a");
        var b = await desk.OpenAsync(happened: second.Hear, name: "b");
        await Desk.UntilAsync(() => first.Direct == 1 && second.Direct == 1, () => "both are linked");
        await desk.StopHubAsync();
        await Desk.UntilAsync(() => first.IsOffline && second.IsOffline, () => "both have seen that the hub is gone");
        a.Use(text => { text.Insert(0, "no "); return 0; });
        await Desk.HasTextAsync(b, "no ");
        b.Use(text => { text.Insert(3, "hub"); return 0; });
        await Desk.HasTextAsync(a, "no hub");
        Assert.Equal(["b"], a.Others().Select(o => o.Name));
        await b.DisposeAsync();
        await Desk.UntilAsync(() => a.Others().Count == 0, () => "who closed is gone");
    }

    [Fact]
    public async Task Members_beyond_the_limit_and_those_without_links_get_all_of_it()
    {
        await using var desk = await Desk.StartAsync();
        var paths = new Paths();
        var a = await desk.OpenAsync(happened: paths.Hear, direct: 1);
        var others = new List<DocumentSession>();
        for (int i = 0; i < 4; i++)
        {
            others.Add(await desk.OpenAsync(direct: i < 2 ? 8 : 0));
        }
        await Desk.UntilAsync(() => paths.Direct == 1, () => "one link is up");
        string expected = "";
        for (int i = 0; i < 30; i++)
        {
            string word = $"{i} ";
            expected += word;
            (i % 3 == 0 ? a : others[i % others.Count]).Use(text => { text.Append(word); return 0; });
            foreach (var session in others.Append(a))
            {
                await Desk.HasTextAsync(session, expected);
            }
        }
        Assert.InRange(paths.Direct, 1, 1);
    }

    [Fact]
    public async Task A_large_document_comes_over_the_link_to_who_has_no_hub_to_fetch_it_from()
    {
        await using var desk = await Desk.StartAsync();
        var (first, second) = (new Paths(), new Paths());
        var a = await desk.OpenAsync(happened: first.Hear);
        var b = await desk.OpenAsync(happened: second.Hear);
        await Desk.UntilAsync(() => first.Direct == 1 && second.Direct == 1, () => "both are linked");
        await desk.StopHubAsync();
        await Desk.UntilAsync(() => first.IsOffline && second.IsOffline, () => "both have seen that the hub is gone");
        string large = string.Concat(Enumerable.Range(0, 300_000).Select(i => $"{i,10}"));
        a.Use(text => { text.Insert(0, large); return 0; });
        await Desk.UntilAsync(() => b.Text.Length == large.Length, () => $"{b.Text.Length} of {large.Length} characters came");
        Assert.Equal(large, b.Text);
    }

    /// <summary>What a session told of its links.</summary>
    private sealed class Paths
    {
        private readonly ConcurrentDictionary<PeerId, PeerPath> _paths = new();

        public int Direct => _paths.Values.Count(p => p != PeerPath.Hub);

        public bool IsOffline { get; private set; }

        public void Hear(DocumentEvent happened)
        {
            if (happened is DocumentEvent.Path path)
            {
                _paths[path.Peer] = path.By;
            }
            IsOffline = happened is DocumentEvent.HubLost || (IsOffline && happened is not DocumentEvent.HubFound);
        }
    }
}
