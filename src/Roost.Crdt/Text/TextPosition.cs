namespace Roost.Crdt;

/// <summary>A place between two items of a text and the attributes that hold there.</summary>
internal sealed class TextPosition(TypeNode text, int left, int right, YObject attributes)
{
    public TypeNode Text { get; } = text;

    public int Left { get; set; } = left;

    public int Right { get; set; } = right;

    public YObject Attributes { get; } = attributes;

    private BlockStore Store => Text.Doc.Store;

    /// <summary>The place before the visible unit at <paramref name="index"/>: right behind the one before it.</summary>
    public static TextPosition Find(Transaction transaction, TypeNode text, int index)
    {
        var store = text.Doc.Store;
        var attributes = new YObject();
        if (index == 0)
        {
            return new(text, -1, text.Start, attributes);
        }

        var left = ListSearch.Find(text, index - 1, out var offset);
        if (offset + 1 < store[left].Length)
        {
            store.SplitItem(transaction, left, (uint)offset + 1);
        }

        if (text.HasFormatting)
        {
            CollectAttributes(text, left, attributes);
        }

        return new(text, left, store[left].Right, attributes);
    }

    /// <summary>Goes past the item on the right.</summary>
    public void Forward()
    {
        ref var block = ref Store[Right];
        if (block.IsLiveFormat)
        {
            Update(Attributes, ContentReader.FormatKey(Store, Right), ContentReader.FormatValue(Store, Right));
        }

        Left = Right;
        Right = block.Right;
    }

    /// <summary>What a format does to the attributes that hold: null ends one.</summary>
    public static void Update(YObject attributes, string key, YValue value)
    {
        if (value.Kind == YValueKind.Null)
        {
            attributes.Remove(key);
        }
        else
        {
            attributes[key] = value;
        }
    }

    public static YValue ValueOrNull(YObject attributes, string key) =>
        attributes.TryGetValue(key, out var value) && !value.IsUndefined ? value : YValue.Null;

    private static void CollectAttributes(TypeNode text, int before, YObject attributes)
    {
        var store = text.Doc.Store;
        if (ListSearch.TreeOf(text) is { } tree)
        {
            tree.VisitFormatsBefore(before, Apply);
            return;
        }

        for (var handle = text.Start; handle != before; handle = store[handle].Right)
        {
            if (store[handle].IsLiveFormat)
            {
                Apply(handle);
            }
        }

        void Apply(int format) => Update(attributes, ContentReader.FormatKey(store, format), ContentReader.FormatValue(store, format));
    }
}
