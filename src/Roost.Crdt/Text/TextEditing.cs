namespace Roost.Crdt;

/// <summary>
/// Edits of formatted text. Formats are items between the characters: a start, and an end that restores what held before. The order of
/// steps decides which formats are written, so it follows Yjs exactly.
/// </summary>
internal static class TextEditing
{
    /// <summary>Inserts text, an embed or a type so that exactly <paramref name="attributes"/> hold for it.</summary>
    public static void Insert(Transaction transaction, TextPosition position, YValue content, YObject attributes)
    {
        foreach (var (key, _) in position.Attributes)
        {
            attributes.TryAdd(key, YValue.Null);
        }

        SkipRedundant(position, attributes);
        var negated = OpenFormats(transaction, position, attributes);
        position.Right = InsertContent(transaction, position, content);
        position.Forward();
        CloseFormats(transaction, position, negated);
    }

    /// <summary>Formats units to the right; text that is shorter grows by line breaks, as editors of Quill's kind expect.</summary>
    public static void Format(Transaction transaction, TextPosition position, int length, YObject attributes)
    {
        var store = transaction.Doc.Store;
        SkipRedundant(position, attributes);
        var negated = OpenFormats(transaction, position, attributes);
        while (position.Right >= 0 && (length > 0 || (negated.Count > 0 && IsInvisibleFormat(store, position.Right))))
        {
            ref var block = ref store[position.Right];
            if (block.IsDeleted)
            {
                position.Forward();
                continue;
            }

            if (block.Ref == ContentRef.Format)
            {
                if (!PassFormat(transaction, position, length, attributes, negated))
                {
                    break;
                }
            }
            else
            {
                if (length < block.Length)
                {
                    store.SplitItem(transaction, position.Right, (uint)length);
                }

                length -= (int)store[position.Right].Length;
            }

            position.Forward();
        }

        if (length > 0)
        {
            position.Right = InsertContent(transaction, position, new string('\n', length));
            position.Forward();
        }

        CloseFormats(transaction, position, negated);
    }

    /// <summary>Deletes units to the right and the formats that have nothing left to format.</summary>
    public static void Delete(Transaction transaction, TextPosition position, int length)
    {
        var store = transaction.Doc.Store;
        var startAttributes = new YObject(position.Attributes);
        var start = position.Right;
        while (length > 0 && position.Right >= 0)
        {
            ref var block = ref store[position.Right];
            if (!block.IsDeleted && block.Ref is ContentRef.String or ContentRef.Embed or ContentRef.Type)
            {
                if (length < block.Length)
                {
                    store.SplitItem(transaction, position.Right, (uint)length);
                }

                length -= (int)store[position.Right].Length;
                store.Delete(transaction, position.Right);
            }

            position.Forward();
        }

        if (start >= 0)
        {
            TextCleanup.CleanGap(transaction, start, position.Right, startAttributes, position.Attributes);
        }
    }

    private static bool IsInvisibleFormat(BlockStore store, int handle) => store[handle].IsDeleted || store[handle].Ref == ContentRef.Format;

    /// <summary>A format inside the range: replaced if it is about the same attribute. False: no need to go on.</summary>
    private static bool PassFormat(Transaction transaction, TextPosition position, int length, YObject attributes, YObject negated)
    {
        var store = transaction.Doc.Store;
        var (key, value) = (ContentReader.FormatKey(store, position.Right), ContentReader.FormatValue(store, position.Right));
        if (!attributes.TryGetValue(key, out var wanted))
        {
            position.Attributes[key] = value;
            return true;
        }

        if (YValue.SameAttribute(wanted, value))
        {
            negated.Remove(key);
        }
        else if (length == 0)
        {
            return false;
        }
        else
        {
            negated[key] = value;
        }

        store.Delete(transaction, position.Right);
        return true;
    }

    /// <summary>Goes past what is deleted and past formats that already say what is wanted.</summary>
    private static void SkipRedundant(TextPosition position, YObject attributes)
    {
        var store = position.Text.Doc.Store;
        while (position.Right >= 0)
        {
            ref var block = ref store[position.Right];
            if (!block.IsDeleted && !(block.Ref == ContentRef.Format && YValue.SameAttribute(
                TextPosition.ValueOrNull(attributes, ContentReader.FormatKey(store, position.Right)),
                ContentReader.FormatValue(store, position.Right))))
            {
                return;
            }

            position.Forward();
        }
    }

    /// <summary>Starts the attributes that do not hold yet; what to restore behind the content.</summary>
    private static YObject OpenFormats(Transaction transaction, TextPosition position, YObject attributes)
    {
        var negated = new YObject();
        foreach (var (key, value) in attributes.InScriptOrder())
        {
            var current = TextPosition.ValueOrNull(position.Attributes, key);
            if (!YValue.SameAttribute(current, value))
            {
                negated[key] = current;
                position.Right = InsertFormat(transaction, position, key, value);
                position.Forward();
            }
        }

        return negated;
    }

    private static void CloseFormats(Transaction transaction, TextPosition position, YObject negated)
    {
        var store = transaction.Doc.Store;
        while (position.Right >= 0)
        {
            ref var block = ref store[position.Right];
            if (!block.IsDeleted)
            {
                if (block.Ref != ContentRef.Format)
                {
                    break;
                }

                var key = ContentReader.FormatKey(store, position.Right);
                if (!negated.TryGetValue(key, out var value) || !YValue.SameAttribute(value, ContentReader.FormatValue(store, position.Right)))
                {
                    break;
                }

                negated.Remove(key);
            }

            position.Forward();
        }

        foreach (var (key, value) in negated)
        {
            position.Right = InsertFormat(transaction, position, key, value);
            position.Forward();
        }
    }

    private static int InsertFormat(Transaction transaction, TextPosition position, string key, YValue value)
    {
        var store = transaction.Doc.Store;
        var content = store.GetOrAddClient(transaction.Doc.ClientId).AddValues([value]);
        return store.InsertLocal(transaction, position.Text, position.Left, position.Right, -1, ContentRef.Format, 1, content, store.Key(key));
    }

    private static int InsertContent(Transaction transaction, TextPosition position, YValue content)
    {
        var store = transaction.Doc.Store;
        var client = store.GetOrAddClient(transaction.Doc.ClientId);
        switch (content.Kind)
        {
            case YValueKind.String:
                var text = content.AsString;
                return store.InsertLocal(transaction, position.Text, position.Left, position.Right, -1, ContentRef.String, (uint)text.Length, client.AddChars(text));
            case YValueKind.Type:
                return ItemFactory.InsertOne(transaction, position.Text, position.Left, position.Right, -1, content);
            default:
                return store.InsertLocal(transaction, position.Text, position.Left, position.Right, -1, ContentRef.Embed, 1, client.AddValues([content]));
        }
    }
}
