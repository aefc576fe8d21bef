namespace Roost.Crdt;

/// <summary>From an index in a list to an item and back.</summary>
internal static class ListSearch
{
    // Below this a walk is faster than keeping a tree; documents of many small elements never build one.
    private const int TreeFrom = 32;

    /// <summary>The item that holds the visible unit at <paramref name="index"/> and the offset in it; −1 behind the end.</summary>
    public static int Find(TypeNode list, int index, out int offset)
    {
        var store = list.Doc.Store;
        if (TreeOf(list) is { } tree)
        {
            return tree.Find(index, out offset);
        }

        for (var handle = list.Start; handle >= 0; handle = store[handle].Right)
        {
            var visible = store[handle].Visible;
            if (index < visible)
            {
                offset = index;
                return handle;
            }

            index -= visible;
        }

        offset = 0;
        return -1;
    }

    /// <summary>Visible units before an item of the list.</summary>
    public static int IndexOf(TypeNode list, int handle)
    {
        if (list.Doc.Store[handle].Key < 0 && TreeOf(list) is { } tree)
        {
            return tree.IndexOf(handle);
        }

        var store = list.Doc.Store;
        var index = 0;
        for (var left = store[handle].Left; left >= 0; left = store[left].Left)
        {
            index += store[left].Visible;
        }

        return index;
    }

    public static PositionTree? TreeOf(TypeNode list)
    {
        if (list.Tree is null && list.ItemCount > TreeFrom)
        {
            list.Tree = new PositionTree(list.Doc.Store, list.Start);
        }

        return list.Tree;
    }
}
