using System.Collections;

namespace Roost.Crdt;

/// <summary>A shared list of XML nodes: elements, texts and hooks.</summary>
public class YXmlFragment : YType, IReadOnlyList<YType>
{
    private List<YType>? _preliminary = [];

    /// <summary>How many children it has.</summary>
    public int Count => _preliminary?.Count ?? Node!.Length;

    /// <summary>The child at an index.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public YType this[int index] => (uint)index >= (uint)Count
        ? throw new ArgumentOutOfRangeException(nameof(index))
        : _preliminary is { } list ? list[index] : ListOperations.Get(Node!, index).As<YType>();

    /// <summary>The first child, or null.</summary>
    public YType? FirstChild => Count > 0 ? this[0] : null;

    internal override byte Kind => TypeRef.XmlFragment;

    /// <summary>Inserts nodes before the child at <paramref name="index"/>.</summary>
    public void Insert(int index, params ReadOnlySpan<YType> nodes)
    {
        if (_preliminary is { } list)
        {
            list.InsertRange(index, nodes);
            return;
        }

        using var edit = Edit();
        ListOperations.Insert(edit.Transaction, Node!, index, Wrap(nodes));
    }

    /// <summary>Inserts nodes behind a child; null: at the front.</summary>
    /// <exception cref="ArgumentException">It is not a child.</exception>
    public void InsertAfter(YType? child, params ReadOnlySpan<YType> nodes)
    {
        if (_preliminary is { } list)
        {
            var index = child is null ? 0 : list.IndexOf(child) + 1;
            if (index == 0 && child is not null)
            {
                throw new ArgumentException("The node is not a child.", nameof(child));
            }

            list.InsertRange(index, nodes);
            return;
        }

        using var edit = Edit();
        var left = child is null ? -1 : child.Node is { Item: >= 0 } node && ReferenceEquals(Store.Parent(node.Item), Node)
            ? node.Item
            : throw new ArgumentException("The node is not a child.", nameof(child));
        ListOperations.InsertAfter(edit.Transaction, Node!, left, Wrap(nodes));
    }

    /// <summary>Adds nodes at the end.</summary>
    public void Push(params ReadOnlySpan<YType> nodes) => Insert(Count, nodes);

    /// <summary>Deletes children.</summary>
    public void Delete(int index, int length = 1)
    {
        if (_preliminary is { } list)
        {
            list.RemoveRange(index, length);
            return;
        }

        using var edit = Edit();
        ListOperations.Delete(edit.Transaction, Node!, index, length);
    }

    /// <summary>All descendants for which <paramref name="filter"/> is true (null: all), parents before children.</summary>
    public IEnumerable<YType> Descendants(Func<YType, bool>? filter = null)
    {
        var waiting = new Stack<IEnumerator<YType>>();
        waiting.Push(GetEnumerator());
        while (waiting.TryPeek(out var level))
        {
            if (!level.MoveNext())
            {
                waiting.Pop();
                continue;
            }

            if (filter is null || filter(level.Current))
            {
                yield return level.Current;
            }

            if (level.Current is YXmlFragment { Count: > 0 } inner)
            {
                waiting.Push(inner.GetEnumerator());
            }
        }
    }

    /// <summary>The first element of that node name, whatever its case; null if there is none.</summary>
    public YXmlElement? QuerySelector(string nodeName) => QuerySelectorAll(nodeName).FirstOrDefault();

    /// <summary>All elements of that node name, whatever its case.</summary>
    public IEnumerable<YXmlElement> QuerySelectorAll(string nodeName) =>
        Descendants().OfType<YXmlElement>().Where(element => element.Name.Equals(nodeName, StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public IEnumerator<YType> GetEnumerator() => _preliminary is { } list
        ? list.GetEnumerator()
        : ListOperations.Slice(Node!, 0, Count).Select(value => value.As<YType>()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The content as XML text. Nothing is escaped, as in Yjs: it is for reading and comparing.</summary>
    public override string ToString()
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        return _preliminary is null
            ? string.Concat(ListOperations.Slice(Node!, 0, Count).Select(Print))
            : string.Concat(_preliminary.Select(node => node.ToString()));
    }

    /// <inheritdoc/>
    public override YXmlFragment Clone()
    {
        var copy = Empty();
        copy.Push([.. this.Select(node => YArray.Copy(node).As<YType>())]);
        return copy;
    }

    internal override YValue ToJsonValue() => ToString();

    internal override YEvent MakeEvent(Transaction transaction, List<int> keys) => new(this, transaction, keys);

    private protected virtual YXmlFragment Empty() => new();

    private protected override void FlushPreliminary(Transaction transaction) =>
        ListOperations.Insert(transaction, Node!, 0, Wrap(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_preliminary)));

    private protected override void DropPreliminary()
    {
        _preliminary = null;
        TellWaitingListeners();
    }

    private static string? Print(YValue child) => child.Kind == YValueKind.String ? child.AsString : child.Reference?.ToString();

    private static YValue[] Wrap(ReadOnlySpan<YType> nodes)
    {
        var values = new YValue[nodes.Length];
        for (var i = 0; i < nodes.Length; i++)
        {
            values[i] = nodes[i] is YXmlFragment or YXmlText or YXmlHook
                ? nodes[i]
                : throw new ArgumentException("Only XML nodes can stand in XML.", nameof(nodes));
        }

        return values;
    }
}
