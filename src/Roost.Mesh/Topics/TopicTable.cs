using Roost.Core.Cores;
using Roost.Mesh.Federation;

namespace Roost.Mesh.Topics;

/// <summary>Records that are kept here, one a topic, and where those of this hub were put.</summary>
internal sealed class TopicTable(MeshState mesh)
{
    private const int PerRecord = 256; // About what one takes beside its topic and data.

    private readonly Dictionary<string, Entry> _kept = [];
    private readonly Dictionary<ulong, int> _bytesOf = [];
    private int _bytes;

    internal sealed class Entry(TopicRecord record, Instant until)
    {
        public TopicRecord Record { get; } = record;

        public Instant Until { get; } = until;

        /// <summary>Hubs it was put to, if it was published here.</summary>
        public HashSet<Membership.KnownHub> PutTo { get; } = [];
    }

    public int Count => _kept.Count;

    /// <summary>Those that were published here.</summary>
    public IEnumerable<Entry> Own => _kept.Values.Where(entry => entry.Record.Home == mesh.SelfShort && entry.Until > mesh.Now);

    public Entry? Get(string topic) => _kept.TryGetValue(topic, out var entry) && entry.Until > mesh.Now ? entry : null;

    /// <summary>With the time that it still has.</summary>
    public TopicRecord Aged(Entry entry) => entry.Record with { Ttl = (ushort)Math.Clamp(Math.Ceiling((entry.Until - mesh.Now).TotalSeconds), 1, ushort.MaxValue) };

    /// <summary>Keeps a record unless a later one is kept. Null: there is a later one, or no room.</summary>
    public Entry? Keep(TopicRecord record)
    {
        var before = _kept.GetValueOrDefault(record.Topic);
        if (before is not null && before.Until > mesh.Now && !record.Beats(before.Record))
        {
            return null;
        }
        int size = SizeOf(record);
        int own = _bytesOf.GetValueOrDefault(record.Home) - (before?.Record.Home == record.Home ? SizeOf(before.Record) : 0);
        if (own + size > mesh.Options.MaxTopicBytes / 4 || _bytes - (before is null ? 0 : SizeOf(before.Record)) + size > mesh.Options.MaxTopicBytes)
        {
            mesh.Counters.Overflowed++;
            return null;
        }
        Drop(before);
        var entry = new Entry(record, mesh.Now + TimeSpan.FromSeconds(record.Ttl));
        _kept[record.Topic] = entry;
        _bytes += size;
        _bytesOf[record.Home] = own + size;
        return entry;
    }

    /// <summary>Drops what ran out.</summary>
    public void Sweep()
    {
        foreach (var entry in _kept.Values.Where(entry => entry.Until <= mesh.Now).ToList())
        {
            Drop(entry);
        }
    }

    private void Drop(Entry? entry)
    {
        if (entry is null)
        {
            return;
        }
        ulong home = entry.Record.Home;
        int size = SizeOf(entry.Record);
        _kept.Remove(entry.Record.Topic);
        _bytes -= size;
        _bytesOf[home] -= size;
        if (_bytesOf[home] == 0)
        {
            _bytesOf.Remove(home);
        }
    }

    private static int SizeOf(TopicRecord record) => record.Data.Length + record.Topic.Length * 2 + PerRecord;
}
