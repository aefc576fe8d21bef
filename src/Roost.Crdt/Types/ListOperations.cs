namespace Roost.Crdt;

/// <summary>Edits and reads the list part of a type: arrays and XML children.</summary>
internal static class ListOperations
{
    public static void Insert(Transaction transaction, TypeNode list, int index, ReadOnlySpan<YValue> values)
    {
        if ((uint)index > (uint)list.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The list has {list.Length} elements.");
        }

        Check(values);
        if (index == 0)
        {
            InsertAfter(transaction, list, -1, values);
            return;
        }

        var store = transaction.Doc.Store;
        var left = ListSearch.Find(list, index - 1, out var offset);
        if (offset + 1 < store[left].Length)
        {
            store.SplitItem(transaction, left, (uint)offset + 1);
        }

        InsertAfter(transaction, list, left, values);
    }

    /// <summary>Behind everything, also behind what was deleted at the end.</summary>
    public static void Push(Transaction transaction, TypeNode list, ReadOnlySpan<YValue> values)
    {
        Check(values);
        InsertAfter(transaction, list, list.Tail, values);
    }

    /// <summary>Behind an item (−1: at the front); neighbouring plain values become one item, the others one each.</summary>
    public static void InsertAfter(Transaction transaction, TypeNode list, int left, ReadOnlySpan<YValue> values)
    {
        var right = left < 0 ? list.Start : transaction.Doc.Store[left].Right;
        var plain = 0;
        for (var i = 0; i <= values.Length; i++)
        {
            if (i < values.Length && ItemFactory.IsPlain(values[i]))
            {
                continue;
            }

            if (i > plain)
            {
                left = ItemFactory.InsertPlain(transaction, list, left, right, values[plain..i]);
            }

            if (i < values.Length)
            {
                left = ItemFactory.InsertOne(transaction, list, left, right, -1, values[i]);
            }

            plain = i + 1;
        }
    }

    public static void Delete(Transaction transaction, TypeNode list, int index, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)index + length, list.Length, nameof(length));
        if (length == 0)
        {
            return;
        }

        var store = transaction.Doc.Store;
        var handle = ListSearch.Find(list, index, out var offset);
        if (offset > 0)
        {
            handle = store.SplitItem(transaction, handle, (uint)offset);
        }

        for (; length > 0 && handle >= 0; handle = store[handle].Right)
        {
            if (store[handle].IsDeleted)
            {
                continue;
            }

            if (length < store[handle].Length)
            {
                store.SplitItem(transaction, handle, (uint)length);
            }

            length -= (int)store[handle].Length;
            store.Delete(transaction, handle);
        }
    }

    public static YValue Get(TypeNode list, int index)
    {
        if ((uint)index >= (uint)list.Length)
        {
            return YValue.Undefined;
        }

        var handle = ListSearch.Find(list, index, out var offset);
        return ContentReader.ValueAt(list.Doc.Store, handle, offset);
    }

    /// <summary>The visible elements from <paramref name="start"/> up to, not including, <paramref name="end"/>.</summary>
    public static List<YValue> Slice(TypeNode list, int start, int end)
    {
        var store = list.Doc.Store;
        var result = new List<YValue>(Math.Max(0, end - start));
        if (start >= end)
        {
            return result;
        }

        for (var handle = ListSearch.Find(list, start, out var offset); handle >= 0 && result.Count < end - start; handle = store[handle].Right)
        {
            var visible = store[handle].Visible;
            for (; offset < visible && result.Count < end - start; offset++)
            {
                result.Add(ContentReader.ValueAt(store, handle, offset));
            }

            offset = 0;
        }

        return result;
    }

    /// <summary>The elements that were visible at a snapshot, for which items were cut where it ends in their middle.</summary>
    public static List<YValue> At(TypeNode list, Snapshot snapshot)
    {
        var store = list.Doc.Store;
        var result = new List<YValue>();
        for (var handle = list.Start; handle >= 0; handle = store[handle].Right)
        {
            if (store[handle].IsCountable && snapshot.Shows(store.IdOf(handle)))
            {
                for (var i = 0; i < store[handle].Length; i++)
                {
                    result.Add(ContentReader.ValueAt(store, handle, i));
                }
            }
        }

        return result;
    }

    /// <summary>All of it before anything is inserted.</summary>
    private static void Check(ReadOnlySpan<YValue> values)
    {
        HashSet<YType>? types = null;
        foreach (ref readonly var value in values)
        {
            if (value.IsUndefined)
            {
                throw new ArgumentException("A list cannot hold undefined; use null.", nameof(values));
            }

            ItemFactory.EnsureStorable(value);
            if (value.Reference is YType type)
            {
                type.EnsureFree(givenTwice: values.Length > 1 && !(types ??= []).Add(type));
            }
        }
    }
}
