namespace Roost.Crdt;

/// <summary>Steps between visible neighbours.</summary>
internal static class XmlSiblings
{
    public static YType? Next(TypeNode? node) => Step(node, static (ref Block block) => block.Right);

    public static YType? Previous(TypeNode? node) => Step(node, static (ref Block block) => block.Left);

    private delegate int Neighbour(ref Block block);

    private static YType? Step(TypeNode? node, Neighbour neighbour)
    {
        if (node is not { Item: >= 0 })
        {
            return null;
        }

        var store = node.Doc.Store;
        var handle = neighbour(ref store[node.Item]);
        while (handle >= 0 && store[handle].IsDeleted)
        {
            handle = neighbour(ref store[handle]);
        }

        return handle >= 0 && store[handle].Ref == ContentRef.Type ? store.Type(store[handle].Content).View() : null;
    }
}
