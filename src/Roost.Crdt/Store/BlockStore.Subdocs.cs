namespace Roost.Crdt;

internal sealed partial class BlockStore
{
    /// <summary>Puts a fresh, unloaded document where a destroyed one was.</summary>
    public void ReplaceSubdoc(YDoc destroyed, StructId id)
    {
        if (!TryGetClient(id.Client, out var client) || id.Clock >= client.Next)
        {
            return;
        }

        var handle = client.HandleAt(id.Clock);
        if (_blocks[handle].Ref != ContentRef.Doc)
        {
            return;   // it was deleted and collected
        }

        var fresh = destroyed.AnotherLikeThis();
        fresh.Holder = (this, id);
        fresh.StayUnloaded();
        client.Values[_blocks[handle].Content] = fresh;
        Doc.Transact(transaction => transaction.ReplaceSubdoc(destroyed, fresh, stillThere: !_blocks[handle].IsDeleted));
    }
}
