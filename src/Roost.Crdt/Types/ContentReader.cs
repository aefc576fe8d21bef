using System.Runtime.CompilerServices;

namespace Roost.Crdt;

/// <summary>Reads the content of items as values.</summary>
internal static class ContentReader
{
    /// <summary>The unit at an offset of a countable item: an element, a type, a document, or one UTF-16 unit of text.</summary>
    public static YValue ValueAt(BlockStore store, int handle, int offset)
    {
        ref var block = ref store[handle];
        var client = store.Client(block.Client);
        return block.Ref switch
        {
            ContentRef.Type => store.Type(block.Content).View(),
            ContentRef.String => client.Chars[block.Content + offset].ToString(),
            ContentRef.Deleted or ContentRef.Gc or ContentRef.Format => YValue.Undefined,
            _ => client.Values[block.Content + offset],
        };
    }

    /// <summary>The last unit: what a map shows of an item.</summary>
    public static YValue Last(BlockStore store, int handle) => ValueAt(store, handle, (int)store[handle].Length - 1);

    public static ReadOnlySpan<char> Text(BlockStore store, int handle)
    {
        ref var block = ref store[handle];
        return store.Client(block.Client).Chars.Slice(block.Content, (int)block.Length);
    }

    public static string FormatKey(BlockStore store, int handle) => store.KeyName(store[handle].FormatKey);

    public static YValue FormatValue(BlockStore store, int handle)
    {
        ref var block = ref store[handle];
        return store.Client(block.Client).Values[block.Content];
    }

    /// <summary>JSON of a value: types by their content, documents by an empty object as in Yjs.</summary>
    public static YValue ToJson(in YValue value)
    {
        if (value.Kind != YValueKind.Type)
        {
            return value;
        }

        // Strangers may nest types as deep as they like: an exception, not the end of the process.
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return value.As<YType>().ToJsonValue();
    }
}
