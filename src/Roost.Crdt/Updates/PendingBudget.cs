namespace Roost.Crdt;

/// <summary>Keeps strangers from filling memory with structs that will never become applicable.</summary>
internal static class PendingBudget
{
    /// <summary>
    /// Refuses an update before it changes anything if it would wait and there is no room for it. The test is cheap and errs on the
    /// strict side only when the document is already near its limit: then an update must be applicable as a whole.
    /// </summary>
    public static void Check(YDoc doc, DecodedUpdate update, int size)
    {
        var waiting = (doc.Store.PendingStructs?.Update.Length ?? 0) + (doc.Store.PendingDeletes?.Length ?? 0);
        if (waiting + size <= doc.Options.Limits.MaxPendingBytes || !WouldWait(doc.Store, update))
        {
            return;
        }

        throw new UpdateFormatException(
            UpdateFault.OverBudget, size, $"More than {doc.Options.Limits.MaxPendingBytes} bytes would wait for updates that have not come.");
    }

    private static bool WouldWait(BlockStore store, DecodedUpdate update)
    {
        var end = new Dictionary<ulong, ulong>();
        foreach (var section in update.Sections)
        {
            var client = update.Clients[section.Client];
            var structs = update.Structs.Slice(section.Start, section.Count);
            if (structs.Length > 0 && structs[0].Clock <= store.State(client))
            {
                var gap = structs.ToArray().FirstOrDefault(item => item.Ref == ContentRef.Skip);
                end[client] = gap.Ref == ContentRef.Skip ? gap.Clock : structs[^1].End;
            }
        }

        foreach (ref readonly var item in update.Structs)
        {
            if (!Has(item.Client, item.Clock)
                || (item.OriginClient >= 0 && !Has(item.OriginClient, item.OriginClock))
                || (item.RightClient >= 0 && !Has(item.RightClient, item.RightClock))
                || (item.ParentKind == StructRef.ItemParent && !Has(item.Parent, item.ParentClock)))
            {
                return true;
            }
        }

        return update.Deletes.Any(range => !Has(range.Client, range.Clock + range.Length - 1));

        bool Has(int client, uint clock)
        {
            var id = update.Clients[client];
            return clock < Math.Max(end.GetValueOrDefault(id), store.State(id));
        }
    }
}
