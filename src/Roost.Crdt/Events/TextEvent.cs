using System.Text;

namespace Roost.Crdt;

/// <summary>An event of a text: its delta knows formatting, and finding it removes formats that turn out to say nothing.</summary>
internal sealed class TextEvent(YText target, Transaction transaction, List<int> keys) : YEvent(target, transaction, keys)
{
    private readonly List<DeltaOp> _ops = [];
    private readonly YObject _current = [];    // formatting at the place reached, now
    private readonly YObject _old = [];        // and before the transaction
    private readonly YObject _changed = [];    // what a retain changes
    private readonly StringBuilder _text = new();
    private YValue _embed;
    private int _length;
    private Step _step;

    private enum Step
    {
        None,
        Insert,
        Retain,
        Delete,
    }

    private protected override IReadOnlyList<DeltaOp> MakeDelta()
    {
        Target.Doc!.Transact(cleaning =>
        {
            for (var handle = Target.Node!.Start; handle >= 0; handle = Store[handle].Right)
            {
                switch (Store[handle].Ref)
                {
                    case ContentRef.Type or ContentRef.Embed or ContentRef.String:
                        PassContent(handle);
                        break;
                    case ContentRef.Format:
                        PassFormat(cleaning, handle);
                        break;
                }
            }

            Flush();
        });
        while (_ops.Count > 0 && _ops[^1] is { Retain: > 0, Attributes: null })
        {
            _ops.RemoveAt(_ops.Count - 1);
        }

        return _ops;
    }

    private void PassContent(int handle)
    {
        var isText = Store[handle].Ref == ContentRef.String;
        if (Adds(handle))
        {
            if (Deletes(handle))
            {
                return;
            }

            if (isText)
            {
                Begin(Step.Insert);
                _text.Append(ContentReader.Text(Store, handle));
            }
            else
            {
                Flush();
                _step = Step.Insert;
                _embed = ContentReader.ValueAt(Store, handle, 0);
                Flush();
            }
        }
        else if (Deletes(handle))
        {
            Begin(Step.Delete);
            _length += (int)Store[handle].Length;
        }
        else if (!Store[handle].IsDeleted)
        {
            Begin(Step.Retain);
            _length += (int)Store[handle].Length;
        }
    }

    private void PassFormat(Transaction cleaning, int handle)
    {
        var (key, value) = (ContentReader.FormatKey(Store, handle), ContentReader.FormatValue(Store, handle));
        if (Adds(handle))
        {
            if (!Deletes(handle))
            {
                PassNewFormat(cleaning, handle, key, value);
            }
        }
        else if (Deletes(handle))
        {
            _old[key] = value;
            var current = TextPosition.ValueOrNull(_current, key);
            if (!YValue.SameAttribute(current, value))
            {
                FlushRetain();
                _changed[key] = current;
            }
        }
        else if (!Store[handle].IsDeleted)
        {
            _old[key] = value;
            PassOldFormat(cleaning, handle, key, value);
        }

        if (!Store[handle].IsDeleted)
        {
            if (_step == Step.Insert)
            {
                Flush();
            }

            TextPosition.Update(_current, key, value);
        }
    }

    private void PassNewFormat(Transaction cleaning, int handle, string key, YValue value)
    {
        if (YValue.SameAttribute(TextPosition.ValueOrNull(_current, key), value))
        {
            if (value.Kind != YValueKind.Null)
            {
                Store.Delete(cleaning, handle);
            }

            return;
        }

        FlushRetain();
        if (YValue.SameAttribute(value, TextPosition.ValueOrNull(_old, key)))
        {
            _changed.Remove(key);
        }
        else
        {
            _changed[key] = value;
        }
    }

    private void PassOldFormat(Transaction cleaning, int handle, string key, YValue value)
    {
        if (!_changed.TryGetValue(key, out var changed))
        {
            return;
        }

        if (!YValue.SameAttribute(changed, value))
        {
            FlushRetain();
            if (value.Kind == YValueKind.Null)
            {
                _changed.Remove(key);
            }
            else
            {
                _changed[key] = value;
            }
        }
        else if (changed.Kind != YValueKind.Null)
        {
            Store.Delete(cleaning, handle);
        }
    }

    private void Begin(Step step)
    {
        if (_step != step)
        {
            Flush();
            _step = step;
        }
    }

    private void FlushRetain()
    {
        if (_step == Step.Retain)
        {
            Flush();
        }
    }

    private void Flush()
    {
        switch (_step)
        {
            case Step.Delete when _length > 0:
                _ops.Add(DeltaOp.Deleting(_length));
                break;
            case Step.Retain when _length > 0:
                _ops.Add(DeltaOp.Retaining(_length, _changed.Count > 0 ? new(_changed) : null));
                break;
            case Step.Insert when !_embed.IsUndefined || _text.Length > 0:
                // An object of attributes is there as soon as one holds, as in Yjs, where a null in it is left out.
                var shown = new YObject(_current.Where(entry => entry.Value.Kind != YValueKind.Null));
                _ops.Add(DeltaOp.Inserting(_embed.IsUndefined ? _text.ToString() : _embed, _current.Count > 0 ? shown : null));
                break;
        }

        _text.Clear();
        (_embed, _length, _step) = (default, 0, Step.None);
    }
}
