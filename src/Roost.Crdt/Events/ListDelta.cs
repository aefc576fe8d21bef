namespace Roost.Crdt;

/// <summary>The change of a list without formatting as inserts, retains and deletes.</summary>
internal static class ListDelta
{
    public static List<DeltaOp> Make(YEvent happened, TypeNode list)
    {
        var store = list.Doc.Store;
        var ops = new List<DeltaOp>();
        var inserted = new List<YValue>();
        var (retain, delete) = (0, 0);
        for (var handle = list.Start; handle >= 0; handle = store[handle].Right)
        {
            ref var block = ref store[handle];
            if (block.IsDeleted)
            {
                if (happened.Deletes(handle) && !happened.Adds(handle))
                {
                    Flush(deleting: true);
                    delete += (int)store[handle].Length;
                }
            }
            else if (happened.Adds(handle))
            {
                Flush(inserting: true);
                for (var i = 0; i < store[handle].Visible; i++)
                {
                    inserted.Add(ContentReader.ValueAt(store, handle, i));
                }
            }
            else
            {
                Flush(retaining: true);
                retain += (int)block.Length;
            }
        }

        retain = 0;   // nothing to say about what stays at the end
        Flush();
        return ops;

        void Flush(bool inserting = false, bool deleting = false, bool retaining = false)
        {
            if (inserted.Count > 0 && !inserting)
            {
                ops.Add(DeltaOp.Inserting(inserted.ToArray()));
                inserted.Clear();
            }

            if (delete > 0 && !deleting)
            {
                ops.Add(DeltaOp.Deleting(delete));
                delete = 0;
            }

            if (retain > 0 && !retaining)
            {
                ops.Add(DeltaOp.Retaining(retain));
                retain = 0;
            }
        }
    }
}
