namespace Roost.Crdt;

internal sealed partial class BlockStore
{
    /// <summary>Puts a fresh, unloaded document where a destroyed one was.</summary>
    public void ReplaceSubdoc(YDoc destroyed, StructId id)
    {
        var handle = TryGetClient(id.Client, out var client) && id.Clock < client.Next ? client.HandleAt(id.Clock) : -1;
        if (handle < 0 || _blocks[handle].Ref != ContentRef.Doc)
        {
            // It was deleted and collected; that it is gone is told once more, as in Yjs.
            Doc.Transact(transaction => transaction.NoteSubdocRemoved(destroyed));
            return;
        }

        var fresh = destroyed.AnotherLikeThis();
        fresh.Holder = (this, id);
        fresh.StayUnloaded();
        client!.Values[_blocks[handle].Content] = fresh;
        Doc.Transact(transaction => transaction.ReplaceSubdoc(destroyed, fresh, stillThere: !_blocks[handle].IsDeleted));
    }
}
