using System.Text;

namespace Roost.Crdt;

/// <summary>Reads a text as a string and as a delta, now or as it was at a snapshot.</summary>
internal static class TextReading
{
    public static string Text(TypeNode text)
    {
        var store = text.Doc.Store;
        var output = new StringBuilder(text.Length);
        for (var handle = text.Start; handle >= 0; handle = store[handle].Right)
        {
            if (store[handle].Ref == ContentRef.String && !store[handle].IsDeleted)
            {
                output.Append(ContentReader.Text(store, handle));
            }
        }

        return output.ToString();
    }

    /// <param name="text">The text.</param>
    /// <param name="snapshot">Shows what was visible then; null: now.</param>
    /// <param name="previous">With it, what came or went in between is marked by a <c>ychange</c> attribute.</param>
    /// <param name="mark">Makes the mark of a unit ("added" or "removed"); null: an object with the type.</param>
    public static List<DeltaOp> Delta(TypeNode text, Snapshot? snapshot = null, Snapshot? previous = null, Func<string, StructId, YValue>? mark = null)
    {
        var store = text.Doc.Store;
        var ops = new List<DeltaOp>();
        var attributes = new YObject();
        var pending = new StringBuilder();
        for (var handle = text.Start; handle >= 0; handle = store[handle].Right)
        {
            var shown = Shows(snapshot, store, handle);
            if (!shown && !(previous is not null && Shows(previous, store, handle)))
            {
                continue;
            }

            switch (store[handle].Ref)
            {
                case ContentRef.String:
                    MarkChange(handle, shown);
                    pending.Append(ContentReader.Text(store, handle));
                    break;
                case ContentRef.Type or ContentRef.Embed:
                    Flush();
                    ops.Add(DeltaOp.Inserting(ContentReader.ValueAt(store, handle, 0), attributes.Count > 0 ? new(attributes) : null));
                    break;
                case ContentRef.Format when shown:
                    Flush();
                    TextPosition.Update(attributes, ContentReader.FormatKey(store, handle), ContentReader.FormatValue(store, handle));
                    break;
            }
        }

        Flush();
        return ops;

        void Flush()
        {
            if (pending.Length > 0)
            {
                ops.Add(DeltaOp.Inserting(pending.ToString(), attributes.Count > 0 ? new(attributes) : null));
                pending.Clear();
            }
        }

        void MarkChange(int handle, bool shown)
        {
            var kind = snapshot is not null && !shown ? "removed" : previous is not null && !Shows(previous, store, handle) ? "added" : null;
            if (kind is null)
            {
                if (attributes.ContainsKey(ChangeMark))
                {
                    Flush();
                    attributes.Remove(ChangeMark);
                }

                return;
            }

            // Yjs compares a user that its own marks do not have, so neighbouring units of one kind are joined only by custom marks.
            var current = attributes.Get(ChangeMark).Reference as YObject;
            var id = store.IdOf(handle);
            if (current is null || !current.Get("user").Equals((double)id.Client) || !current.Get("type").Equals(kind))
            {
                Flush();
                attributes[ChangeMark] = mark?.Invoke(kind, id) ?? new YObject { ["type"] = kind };
            }
        }
    }

    private const string ChangeMark = "ychange";

    private static bool Shows(Snapshot? snapshot, BlockStore store, int handle) =>
        snapshot is null ? !store[handle].IsDeleted : snapshot.Shows(store.IdOf(handle));
}
