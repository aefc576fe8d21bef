namespace Roost.Crdt;

/// <summary>Edits and reads the map part of a type: maps and XML attributes.</summary>
internal static class MapOperations
{
    public static void Set(Transaction transaction, TypeNode map, string key, YValue value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ItemFactory.EnsureStorable(value);
        var number = transaction.Doc.Store.Key(key);
        ItemFactory.InsertOne(transaction, map, map.MapGet(number), -1, number, value);
    }

    public static bool Delete(Transaction transaction, TypeNode map, string key)
    {
        var handle = Find(map, key);
        if (handle < 0)
        {
            return false;
        }

        transaction.Doc.Store.Delete(transaction, handle);
        return true;
    }

    public static YValue Get(TypeNode map, string key) =>
        Find(map, key) is var handle and >= 0 ? ContentReader.Last(map.Doc.Store, handle) : YValue.Undefined;

    public static bool Has(TypeNode map, string key) => Find(map, key) >= 0;

    public static int Count(TypeNode map)
    {
        var count = 0;
        foreach (var handle in map.Map.Values)
        {
            count += map.Doc.Store[handle].IsDeleted ? 0 : 1;
        }

        return count;
    }

    public static List<KeyValuePair<string, YValue>> Entries(TypeNode map)
    {
        var store = map.Doc.Store;
        var result = new List<KeyValuePair<string, YValue>>();
        foreach (var (key, handle) in map.Map)
        {
            if (!store[handle].IsDeleted)
            {
                result.Add(new(store.KeyName(key), ContentReader.Last(store, handle)));
            }
        }

        return result;
    }

    /// <summary>The entries as they were at a snapshot; needs a document that keeps deleted content.</summary>
    public static List<KeyValuePair<string, YValue>> EntriesAt(TypeNode map, Snapshot snapshot)
    {
        var store = map.Doc.Store;
        var result = new List<KeyValuePair<string, YValue>>();
        foreach (var (key, last) in map.Map)
        {
            var handle = last;
            while (handle >= 0 && !snapshot.Knows(store.IdOf(handle)))
            {
                handle = store[handle].Left;
            }

            if (handle >= 0 && snapshot.Shows(store.IdOf(handle)))
            {
                result.Add(new(store.KeyName(key), ContentReader.Last(store, handle)));
            }
        }

        return result;
    }

    private static int Find(TypeNode map, string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var handle = map.MapGet(map.Doc.Store.FindKey(key));
        return handle >= 0 && !map.Doc.Store[handle].IsDeleted ? handle : -1;
    }
}
