namespace Roost.Crdt;

/// <summary>Makes items of values: which content a value becomes, as Yjs decides it.</summary>
internal static class ItemFactory
{
    /// <summary>True if it is stored as plain data and may share an item with its neighbours.</summary>
    public static bool IsPlain(in YValue value) => value.Kind is not (YValueKind.Binary or YValueKind.Type or YValueKind.Doc);

    /// <exception cref="ArgumentException">A shared type or document stands inside plain data.</exception>
    public static void EnsureStorable(in YValue value, bool nested = false, int depth = 0)
    {
        if (depth > AnyCodec.MaxDepth)
        {
            throw new ArgumentException($"The value is nested more than {AnyCodec.MaxDepth} deep.");
        }

        switch (value.Kind)
        {
            case YValueKind.Object:
                foreach (var (_, member) in value.AsObject)
                {
                    EnsureStorable(member, nested: true, depth + 1);
                }

                break;
            case YValueKind.Array:
                foreach (ref readonly var item in value.AsArray.AsSpan())
                {
                    EnsureStorable(item, nested: true, depth + 1);
                }

                break;
            case YValueKind.Type or YValueKind.Doc when nested:
                throw new ArgumentException("A shared type or document cannot stand inside a plain object or array.");
        }
    }

    /// <summary>Embeds and formatting must be JSON, because V1 writes them so.</summary>
    /// <exception cref="ArgumentException">It is undefined, or holds a big integer, a shared type or a document.</exception>
    public static void EnsureJson(in YValue value)
    {
        EnsureStorable(value, nested: true);
        if (!JsonText.CanHold(value))
        {
            throw new ArgumentException("JSON cannot hold undefined or a big integer.");
        }
    }

    /// <inheritdoc cref="EnsureJson(in YValue)"/>
    public static void EnsureJson(YObject? attributes)
    {
        foreach (var (_, value) in attributes ?? [])
        {
            EnsureJson(value);
        }
    }

    /// <summary>Adds an item for one value that is not plain, or for a map's plain value.</summary>
    public static int InsertOne(Transaction transaction, TypeNode parent, int left, int right, int key, YValue value)
    {
        var store = transaction.Doc.Store;
        switch (value.Kind)
        {
            case YValueKind.Type:
                var node = value.As<YType>().Attach(store);
                return store.InsertLocal(transaction, parent, left, right, key, ContentRef.Type, 1, node.Index);
            case YValueKind.Doc:
                value.AsDoc.PrepareAsSubdoc();
                return Insert(ContentRef.Doc);
            case YValueKind.Binary:
                return Insert(ContentRef.Binary);
            default:
                return Insert(ContentRef.Any);
        }

        int Insert(byte reference)
        {
            var content = store.GetOrAddClient(transaction.Doc.ClientId).AddValues([value]);
            return store.InsertLocal(transaction, parent, left, right, key, reference, 1, content);
        }
    }

    /// <summary>Adds one item that holds several plain values.</summary>
    public static int InsertPlain(Transaction transaction, TypeNode parent, int left, int right, ReadOnlySpan<YValue> values)
    {
        var store = transaction.Doc.Store;
        var content = store.GetOrAddClient(transaction.Doc.ClientId).AddValues(values);
        return store.InsertLocal(transaction, parent, left, right, -1, ContentRef.Any, (uint)values.Length, content);
    }
}
