using System.Text;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Leases;
using Roost.Mesh.Membership;

namespace Roost.Mesh.Topics;

/// <summary>
/// What is published under a topic, in memory: put to its owners (all hubs of a small mesh, five of a large one), last write wins. Whoever looks for it asks the owners at once
/// and takes the latest answer.
/// </summary>
internal sealed class TopicStore(MeshState mesh, Rendezvous rendezvous)
{
    private const int MaxSeeks = 1_024;
    private const int RecordCost = 10; // Questions: one is as large as many of them.
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(15); // Clocks may be so far apart; a record from further ahead could never be replaced.

    private readonly TopicTable _table = new(mesh);
    private readonly Dictionary<uint, Search> _searches = [];
    private uint _next = 1;
    private bool _adjusting;

    private sealed class Search(ulong ticket, string topic, TopicRecord? best)
    {
        public ulong Ticket { get; } = ticket;

        public string Topic { get; } = topic;

        public TopicRecord? Best { get; set; } = best;

        public HashSet<KnownHub> Asked { get; } = [];
    }

    public int Count => _table.Count;

    /// <summary>Somebody publishes here.</summary>
    public void Publish(MeshInput.Publish publish)
    {
        ulong seq = (ulong)mesh.Now.UnixMilliseconds;
        if (_table.Get(publish.Topic) is { } before && before.Record.Seq >= seq)
        {
            seq = before.Record.Seq + 1;
        }
        var record = new TopicRecord(publish.Topic, mesh.SelfShort, seq, publish.Ttl, publish.Data.ToArray());
        var entry = record.IsValid ? _table.Keep(record) : null;
        if (entry is not null)
        {
            Put(entry);
        }
        mesh.Emit(new MeshEffect.Published(publish.Ticket, entry?.Record, entry?.PutTo.Count ?? 0));
    }

    /// <summary>Somebody here looks for a topic.</summary>
    public void Seek(MeshInput.Seek seek)
    {
        var kept = _table.Get(seek.Topic);
        var owners = OwnersOf(seek.Topic);
        var others = owners.OfType<KnownHub>().Where(hub => hub is { IsUp: true, Link: not null } or { IsUp: true, Urls.Count: > 0 }).ToList();
        if ((kept is not null && owners.Contains(null)) || others.Count == 0 || _searches.Count >= MaxSeeks)
        {
            mesh.Emit(new MeshEffect.Sought(seek.Ticket, kept is null ? null : _table.Aged(kept)));
            return;
        }
        uint question = _next++;
        var search = _searches[question] = new(seek.Ticket, seek.Topic, kept is null ? null : _table.Aged(kept));
        foreach (var hub in others.Take(mesh.Options.Owners))
        {
            search.Asked.Add(hub);
            mesh.Send(hub, new MeshFrame.Seek(question, seek.Topic));
        }
        mesh.Later(AnswerWithin, "answer a look-up of a topic", () => End(question));
    }

    /// <summary>Another hub published something.</summary>
    public void Heard(Link from, MeshFrame.Topic frame)
    {
        var record = frame.Record;
        if (!from.MayAsk(RecordCost, mesh.Now))
        {
            mesh.Counters.Flooded++;
        }
        else if (!record.IsValid || record.Home != from.Hub.Id.Short || record.Seq > (ulong)(mesh.Now + Ahead).UnixMilliseconds)
        {
            mesh.Counters.BadRecords++;
        }
        else
        {
            _table.Keep(record);
        }
    }

    /// <summary>Another hub looks for a topic.</summary>
    public void Asked(Link by, MeshFrame.Seek seek)
    {
        if (!by.MayAsk(RecordCost, mesh.Now))
        {
            mesh.Counters.Flooded++;
            return;
        }
        mesh.Send(by.Hub, new MeshFrame.Sought(seek.Question, _table.Get(seek.Name) is { } kept ? _table.Aged(kept) : null));
    }

    /// <summary>It answered.</summary>
    public void Answered(KnownHub by, MeshFrame.Sought answer)
    {
        if (!_searches.TryGetValue(answer.Question, out var search) || !search.Asked.Remove(by))
        {
            return;
        }
        if (answer.Record is { IsValid: true } record && record.Topic == search.Topic && (search.Best is null || record.Beats(search.Best)))
        {
            search.Best = record;
        }
        if (search.Asked.Count == 0)
        {
            End(answer.Question);
        }
    }

    /// <summary>A hub has lost what was put there, or may have.</summary>
    public void Forgotten(KnownHub by)
    {
        foreach (var entry in _table.Own)
        {
            entry.PutTo.Remove(by);
        }
        AdjustSoon();
    }

    /// <summary>Somebody came or went: soon the right hubs have what was published here.</summary>
    public void AdjustSoon()
    {
        if (!_adjusting && _table.Count > 0)
        {
            _adjusting = true;
            mesh.Later(Settle, "move topics", () =>
            {
                _adjusting = false;
                foreach (var entry in _table.Own.ToList())
                {
                    Put(entry);
                }
            });
        }
    }

    public void Sweep() => _table.Sweep();

    private void Put(TopicTable.Entry entry)
    {
        foreach (var owner in OwnersOf(entry.Record.Topic))
        {
            if (owner is { IsUp: true } && entry.PutTo.Add(owner))
            {
                mesh.Send(owner, new MeshFrame.Topic(_table.Aged(entry)));
            }
        }
        entry.PutTo.RemoveWhere(static hub => !hub.IsUp);
    }

    private void End(uint question)
    {
        if (_searches.Remove(question, out var search))
        {
            mesh.Emit(new MeshEffect.Sought(search.Ticket, search.Best));
        }
    }

    private List<KnownHub?> OwnersOf(string topic) => rendezvous.OwnersOf(HubId.ReadShort(Hashes.Sha256(Encoding.UTF8.GetBytes(topic))));
}
