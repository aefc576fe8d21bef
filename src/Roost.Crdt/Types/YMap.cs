using System.Collections;

namespace Roost.Crdt;

/// <summary>A shared map from strings to values, shared types and sub-documents. Of concurrent writes to a key one wins everywhere.</summary>
public class YMap : YType, IEnumerable<KeyValuePair<string, YValue>>
{
    private YObject? _preliminary = [];

    /// <summary>An empty map, not yet part of a document.</summary>
    public YMap() { }

    /// <summary>A map with content, not yet part of a document.</summary>
    public YMap(IEnumerable<KeyValuePair<string, YValue>> entries) => _preliminary = new YObject(entries);

    /// <summary>How many keys have a value; counts them.</summary>
    public int Count => _preliminary?.Count ?? MapOperations.Count(Node!);

    /// <summary>The keys that have a value, in the order in which they were first seen.</summary>
    public IEnumerable<string> Keys => Entries().Select(entry => entry.Key);

    /// <summary>The values.</summary>
    public IEnumerable<YValue> Values => Entries().Select(entry => entry.Value);

    /// <summary>The value of a key, undefined if it has none; setting it replaces it.</summary>
    public YValue this[string key]
    {
        get => Get(key);
        set => Set(key, value);
    }

    internal override byte Kind => TypeRef.Map;

    /// <summary>The value of a key, or undefined.</summary>
    public YValue Get(string key) => _preliminary is { } map ? map.Get(key) : MapOperations.Get(Node!, key);

    /// <summary>The value of a key at a snapshot, or <see cref="YValue.Undefined"/>; needs a document that keeps deleted content (<see cref="YDocOptions.Gc"/> off).</summary>
    public YValue Get(string key, Snapshot snapshot) => EntriesAt(snapshot).GetValueOrDefault(key);

    /// <summary>All entries at a snapshot; needs a document that keeps deleted content.</summary>
    public IReadOnlyDictionary<string, YValue> EntriesAt(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return MapOperations.EntriesAt(Node ?? throw new InvalidOperationException("Put the map into a document first."), snapshot).ToDictionary();
    }

    /// <summary>True if the key has a value.</summary>
    public bool Has(string key) => _preliminary?.ContainsKey(key) ?? MapOperations.Has(Node!, key);

    /// <summary>Gives a key a value.</summary>
    public void Set(string key, YValue value)
    {
        if (_preliminary is { } map)
        {
            map[key] = value;
            return;
        }

        using var edit = Edit();
        MapOperations.Set(edit.Transaction, Node!, key, value);
    }

    /// <summary>Takes a key's value away.</summary>
    /// <returns>False if it had none.</returns>
    public bool Delete(string key)
    {
        if (_preliminary is { } map)
        {
            return map.Remove(key);
        }

        using var edit = Edit();
        return MapOperations.Delete(edit.Transaction, Node!, key);
    }

    /// <summary>Takes all values away.</summary>
    public void Clear()
    {
        if (_preliminary is { } map)
        {
            map.Clear();
            return;
        }

        using var edit = Edit();
        foreach (var (key, _) in MapOperations.Entries(Node!))
        {
            MapOperations.Delete(edit.Transaction, Node!, key);
        }
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, YValue>> GetEnumerator() => Entries().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override YMap Clone() => new(Entries().Select(entry => KeyValuePair.Create(entry.Key, YArray.Copy(entry.Value))));

    internal override YValue ToJsonValue() =>
        new YObject(Entries().Select(entry => KeyValuePair.Create(entry.Key, ContentReader.ToJson(entry.Value))));

    internal override YEvent MakeEvent(Transaction transaction, List<int> keys) => new(this, transaction, keys);

    private protected override void FlushPreliminary(Transaction transaction)
    {
        foreach (var (key, value) in _preliminary!)
        {
            MapOperations.Set(transaction, Node!, key, value);
        }
    }

    private protected override void DropPreliminary()
    {
        _preliminary = null;
        TellWaitingListeners();
    }

    private IEnumerable<KeyValuePair<string, YValue>> Entries() => (IEnumerable<KeyValuePair<string, YValue>>?)_preliminary ?? MapOperations.Entries(Node!);
}
