using System.Collections;
using System.Runtime.CompilerServices;

namespace Roost.Crdt;

/// <summary>A shared list of values, shared types and sub-documents.</summary>
public sealed class YArray : YType, IReadOnlyList<YValue>
{
    private List<YValue>? _preliminary = [];

    /// <summary>An empty array, not yet part of a document.</summary>
    public YArray() { }

    /// <summary>An array with content, not yet part of a document.</summary>
    public YArray(IEnumerable<YValue> values) => _preliminary = [.. values];

    /// <summary>How many elements it has.</summary>
    public int Count => _preliminary?.Count ?? Node!.Length;

    /// <summary>The element at an index; undefined behind the end.</summary>
    public YValue this[int index] => _preliminary is { } list
        ? (uint)index < (uint)list.Count ? list[index] : YValue.Undefined
        : ListOperations.Get(Node!, index);

    internal override byte Kind => TypeRef.Array;

    /// <summary>Inserts elements before the one at <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is above <see cref="Count"/>.</exception>
    public void Insert(int index, params ReadOnlySpan<YValue> values)
    {
        if (_preliminary is { } list)
        {
            list.InsertRange(index, values);
            return;
        }

        using var edit = Edit();
        ListOperations.Insert(edit.Transaction, Node!, index, values);
    }

    /// <summary>Adds elements at the end.</summary>
    public void Push(params ReadOnlySpan<YValue> values)
    {
        if (_preliminary is { } list)
        {
            list.AddRange(values);
            return;
        }

        using var edit = Edit();
        ListOperations.Push(edit.Transaction, Node!, values);
    }

    /// <summary>Adds elements at the front.</summary>
    public void Unshift(params ReadOnlySpan<YValue> values) => Insert(0, values);

    /// <summary>Deletes elements.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not that many.</exception>
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

    /// <summary>A copy of the elements from <paramref name="start"/> to before <paramref name="end"/>; negative counts from the end.</summary>
    public IReadOnlyList<YValue> Slice(int start = 0, int? end = null)
    {
        var from = Math.Max(0, start < 0 ? Count + start : start);
        var to = Math.Min(Count, end is { } given ? given < 0 ? Count + given : given : Count);
        return _preliminary is { } list ? list.GetRange(from, Math.Max(0, to - from)) : ListOperations.Slice(Node!, from, to);
    }

    /// <summary>A copy of all elements.</summary>
    public IReadOnlyList<YValue> ToArray() => Slice();

    /// <summary>The elements as they were at a snapshot; needs a document that keeps deleted content (<see cref="YDocOptions.Gc"/> off).</summary>
    public IReadOnlyList<YValue> ToArray(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var list = Node ?? throw new InvalidOperationException("Put the array into a document first.");
        using var edit = Edit();   // cuts made for the snapshot are joined again when it ends
        snapshot.Split(edit.Transaction);
        return ListOperations.At(list, snapshot);
    }

    /// <inheritdoc/>
    public IEnumerator<YValue> GetEnumerator() => Slice().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override YArray Clone() => new(this.Select(Copy));

    internal static YValue Copy(YValue value)
    {
        if (value.Kind != YValueKind.Type)
        {
            return value;
        }

        RuntimeHelpers.EnsureSufficientExecutionStack();
        return value.As<YType>().Clone();
    }

    internal override YValue ToJsonValue() => this.Select(value => ContentReader.ToJson(value)).ToArray();

    internal override YEvent MakeEvent(Transaction transaction, List<int> keys) => new(this, transaction, keys);

    private protected override void FlushPreliminary(Transaction transaction) =>
        ListOperations.Insert(transaction, Node!, 0, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_preliminary));

    private protected override void DropPreliminary()
    {
        _preliminary = null;
        TellWaitingListeners();
    }
}
