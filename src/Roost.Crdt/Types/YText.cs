namespace Roost.Crdt;

/// <summary>Shared text with formatting and embedded objects. Indexes and lengths are UTF-16 units, as in .NET and JavaScript strings.</summary>
/// <remarks>Do not cut surrogate pairs: both halves become U+FFFD for good.</remarks>
public partial class YText : YType
{
    private List<Action<YText>>? _preliminary = [];

    /// <summary>An empty text, not yet part of a document.</summary>
    public YText() { }

    /// <summary>A text with content, not yet part of a document.</summary>
    public YText(string text) => Insert(0, text);

    /// <summary>How many units are visible; an embed counts as one.</summary>
    public int Length => Placed.Length;

    internal override byte Kind => TypeRef.Text;

    private protected TypeNode Placed => Node ?? throw new InvalidOperationException("Put the text into a document before reading it.");

    /// <summary>Inserts text.</summary>
    /// <param name="index">Before which unit; at most <see cref="Length"/>.</param>
    /// <param name="text">The text.</param>
    /// <param name="attributes">Exactly what holds for it; null: what holds at that place.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is behind the end.</exception>
    public void Insert(int index, ReadOnlySpan<char> text, YObject? attributes = null)
    {
        if (text.IsEmpty)
        {
            return;
        }

        if (attributes is not null)
        {
            ItemFactory.EnsureJson(attributes);
        }

        if (_preliminary is not null)
        {
            InsertLater(index, text.ToString(), attributes);
            return;
        }

        using var edit = Edit();
        CheckRange(index, 0);
        if (attributes is null && !Node!.HasFormatting)
        {
            PlainTextEditing.Insert(edit.Transaction, Node, index, text);
            return;
        }

        var position = TextPosition.Find(edit.Transaction, Node!, index);
        TextEditing.Insert(edit.Transaction, position, text.ToString(), new YObject(attributes ?? position.Attributes));
    }

    /// <summary>Inserts an object, for instance an image; or a shared type.</summary>
    /// <param name="index">Before which unit.</param>
    /// <param name="embed">The object.</param>
    /// <param name="attributes">What holds for it; null: nothing.</param>
    public void InsertEmbed(int index, YValue embed, YObject? attributes = null)
    {
        EnsureContent(embed);
        ItemFactory.EnsureJson(attributes);
        if (_preliminary is { } waiting)
        {
            waiting.Add(self => self.InsertEmbed(index, embed, attributes));
            return;
        }

        using var edit = Edit();
        CheckRange(index, 0);
        TextEditing.Insert(edit.Transaction, TextPosition.Find(edit.Transaction, Node!, index), embed, new YObject(attributes ?? []));
    }

    /// <summary>Adds text at the end, with the formatting that holds there: what a stream of tokens does.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        if (_preliminary is not { } waiting)
        {
            Insert(Length, text);
            return;
        }

        AppendLater(waiting, text.ToString());
    }

    /// <summary>Deletes units.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not that many.</exception>
    public void Delete(int index, int length)
    {
        if (length == 0)
        {
            return;
        }

        if (_preliminary is not null)
        {
            DeleteLater(index, length);
            return;
        }

        using var edit = Edit();
        CheckRange(index, length);
        if (Node!.HasFormatting)
        {
            TextEditing.Delete(edit.Transaction, TextPosition.Find(edit.Transaction, Node, index), length);
        }
        else
        {
            PlainTextEditing.Delete(edit.Transaction, Node, index, length);
        }
    }

    /// <summary>Sets or, with null values, removes formatting.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not that many units.</exception>
    public void Format(int index, int length, YObject attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        ItemFactory.EnsureJson(attributes);
        if (length == 0)
        {
            return;
        }

        if (_preliminary is { } waiting)
        {
            waiting.Add(self => self.Format(index, length, attributes));
            return;
        }

        using var edit = Edit();
        CheckRange(index, length);
        var position = TextPosition.Find(edit.Transaction, Node!, index);
        if (position.Right >= 0)
        {
            TextEditing.Format(edit.Transaction, position, length, attributes);
        }
    }

    /// <summary>Makes several edits in one pass.</summary>
    /// <param name="delta">The steps, from the beginning of the text.</param>
    /// <param name="sanitize">False drops one line break at the end, which some editors always show.</param>
    public void ApplyDelta(IReadOnlyList<DeltaOp> delta, bool sanitize = true)
    {
        ArgumentNullException.ThrowIfNull(delta);
        foreach (var op in delta)
        {
            ItemFactory.EnsureJson(op.Attributes);
            if (!op.Insert.IsUndefined)
            {
                EnsureContent(op.Insert);
            }
        }

        if (_preliminary is { } waiting)
        {
            waiting.Add(self => self.ApplyDelta(delta, sanitize));
            return;
        }

        using var edit = Edit();
        var position = new TextPosition(Node!, -1, Node!.Start, []);
        for (var i = 0; i < delta.Count; i++)
        {
            var op = delta[i];
            if (!op.Insert.IsUndefined)
            {
                var isLast = !sanitize && i == delta.Count - 1 && position.Right < 0;
                Insert(edit.Transaction, position, op, dropBreak: isLast);
            }
            else if (op.Retain > 0)
            {
                TextEditing.Format(edit.Transaction, position, op.Retain, op.Attributes ?? []);
            }
            else if (op.Delete > 0)
            {
                TextEditing.Delete(edit.Transaction, position, op.Delete);
            }
        }
    }

    private static void Insert(Transaction transaction, TextPosition position, DeltaOp op, bool dropBreak)
    {
        var content = op.Insert;
        if (content.Reference is string text)
        {
            content = dropBreak && text.EndsWith('\n') ? text[..^1] : text;
            if (content.AsString.Length == 0)
            {
                return;
            }
        }

        TextEditing.Insert(transaction, position, content, new YObject(op.Attributes ?? []));
    }

    private static void EnsureContent(in YValue content)
    {
        if (content.Kind != YValueKind.Type)
        {
            ItemFactory.EnsureJson(content);
        }
    }

    // Apart from the methods they belong to: a closure there would cost an allocation for every edit.
    private void InsertLater(int index, string text, YObject? attributes) => _preliminary!.Add(self => self.Insert(index, text, attributes));

    private void DeleteLater(int index, int length) => _preliminary!.Add(self => self.Delete(index, length));

    private static void AppendLater(List<Action<YText>> waiting, string text) => waiting.Add(self => self.Append(text));

    private void CheckRange(int index, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)index + length, Node!.Length, nameof(index));
    }
}
