namespace Roost.Crdt;

/// <summary>Removes formats that say nothing: concurrent edits leave some behind, and every replica removes the same ones.</summary>
internal static class TextCleanup
{
    /// <summary>
    /// Between two visible items only the last format of each key counts, and only if it changes what held before.
    /// </summary>
    /// <param name="transaction">Deletes the others.</param>
    /// <param name="start">First item of the gap.</param>
    /// <param name="current">Where the caller stands; formats before it are kept up to date in <paramref name="currentAttributes"/>.</param>
    /// <param name="startAttributes">What holds before the gap.</param>
    /// <param name="currentAttributes">What holds where the caller stands.</param>
    public static void CleanGap(Transaction transaction, int start, int current, YObject startAttributes, YObject currentAttributes)
    {
        var store = transaction.Doc.Store;
        var end = start;
        Dictionary<int, int>? last = null;   // by key: the last live format of the gap
        while (end >= 0 && (!store[end].IsCountable || store[end].IsDeleted))
        {
            if (store[end].IsLiveFormat)
            {
                (last ??= [])[store[end].FormatKey] = end;
            }

            end = store[end].Right;
        }

        var reached = false;
        for (; start != end; start = store[start].Right)
        {
            reached |= current == start;
            if (!store[start].IsLiveFormat)
            {
                continue;
            }

            var (key, value) = (ContentReader.FormatKey(store, start), ContentReader.FormatValue(store, start));
            var before = TextPosition.ValueOrNull(startAttributes, key);
            if (last![store[start].FormatKey] != start || YValue.Identical(before, value))
            {
                store.Delete(transaction, start);
                if (!reached && YValue.Identical(TextPosition.ValueOrNull(currentAttributes, key), value) && !YValue.Identical(before, value))
                {
                    TextPosition.Update(currentAttributes, key, before);
                }
            }
            else if (!reached)
            {
                TextPosition.Update(currentAttributes, key, value);
            }
        }
    }

    /// <summary>After a transaction from elsewhere: whole texts if formats came or went, else only around what was deleted.</summary>
    public static void AfterTransaction(Transaction transaction)
    {
        var doc = transaction.Doc;
        var store = doc.Store;
        var whole = new OrderedDictionary<TypeNode, bool>();
        foreach (var change in transaction.Changes.ToArray())
        {
            if (change.After != change.Before)
            {
                store.ForEachInRange(transaction, store.Client(change.Client), change.Before, ulong.MaxValue, handle =>
                {
                    if (store[handle].IsLiveFormat)
                    {
                        whole[store.Parent(handle)] = true;
                    }
                });
            }
        }

        doc.Transact(cleaning =>
        {
            store.ForEachIn(transaction, transaction.DeleteSet, handle =>
            {
                if (store[handle].IsGc || !store.Parent(handle).HasFormatting || whole.ContainsKey(store.Parent(handle)))
                {
                    return;
                }

                if (store[handle].Ref == ContentRef.Format)
                {
                    whole[store.Parent(handle)] = true;
                }
                else
                {
                    CleanAround(cleaning, handle);
                }
            });
            foreach (var text in whole.Keys)
            {
                CleanWhole(cleaning, text);
            }
        });
    }

    internal static void CleanWhole(Transaction transaction, TypeNode text)
    {
        var store = transaction.Doc.Store;
        var start = text.Start;
        var startAttributes = new YObject();
        var attributes = new YObject();
        for (var end = text.Start; end >= 0; end = store[end].Right)
        {
            if (store[end].IsDeleted)
            {
                continue;
            }

            if (store[end].Ref == ContentRef.Format)
            {
                TextPosition.Update(attributes, ContentReader.FormatKey(store, end), ContentReader.FormatValue(store, end));
            }
            else
            {
                CleanGap(transaction, start, end, startAttributes, attributes);
                startAttributes = new YObject(attributes);
                start = end;
            }
        }
    }

    /// <summary>Of several formats of one key in a gap only the last counts, whatever holds before it.</summary>
    private static void CleanAround(Transaction transaction, int handle)
    {
        var store = transaction.Doc.Store;
        while (handle >= 0 && store[handle].Right is var right and >= 0 && (store[right].IsDeleted || !store[right].IsCountable))
        {
            handle = right;
        }

        var seen = new HashSet<int>();
        for (; handle >= 0 && (store[handle].IsDeleted || !store[handle].IsCountable); handle = store[handle].Left)
        {
            if (store[handle].IsLiveFormat && !seen.Add(store[handle].FormatKey))
            {
                store.Delete(transaction, handle);
            }
        }
    }
}
