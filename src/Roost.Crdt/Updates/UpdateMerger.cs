namespace Roost.Crdt;

/// <summary>Merges updates struct by struct, highest client first; where nothing is known between two structs a Skip is written.</summary>
internal sealed class UpdateMerger(List<DecodedUpdate> updates)
{
    private readonly LazyUpdateWriter _output = new();
    private readonly List<UpdateCursor> _cursors = [];
    private DecodedUpdate? _from;   // of the struct that is held back, which the next one may extend
    private StructRef _held;

    private ulong HeldClient => _from!.Clients[_held.Client];

    public byte[] Run(UpdateEncoder encoder)
    {
        foreach (var update in updates)
        {
            var cursor = new UpdateCursor(update);
            if (cursor.IsOpen)
            {
                _cursors.Add(cursor);
            }
        }

        CursorOrder.Sort(_cursors);
        while (_cursors.Count > 0)
        {
            Advance(_cursors[0]);
            Resort();
        }

        if (_from is not null)
        {
            _output.Add(_from, _held, 0);
        }

        var deletes = new DeleteSet();
        foreach (var update in updates)
        {
            deletes.AddAll(DeleteSet.From(update));
        }

        return _output.Finish(encoder, deletes.Normalize());
    }

    private void Advance(UpdateCursor cursor)
    {
        var client = cursor.Client;
        if (_from is null)
        {
            Hold(cursor);
        }
        else if (!Continue(cursor, client))
        {
            return;
        }

        while (cursor.IsOpen && cursor.Client == client && cursor.Item.Clock == _held.End)
        {
            _output.Add(_from!, _held, 0);
            Hold(cursor);
        }
    }

    /// <summary>Takes the cursor's struct in behind the one held; false if it brings nothing now.</summary>
    private bool Continue(UpdateCursor cursor, ulong client)
    {
        var iterated = false;
        while (cursor.IsOpen && cursor.Item.End <= _held.End && cursor.Client >= HeldClient)
        {
            cursor.Next();
            iterated = true;
        }

        if (!cursor.IsOpen || cursor.Client != client || (iterated && cursor.Item.Clock > _held.End))
        {
            return false;
        }

        if (client != HeldClient)
        {
            _output.Add(_from!, _held, 0);
            Hold(cursor);
        }
        else if (_held.End < cursor.Item.Clock)
        {
            HoldGap(cursor);
        }
        else
        {
            Join(cursor);
        }

        return true;
    }

    private void HoldGap(UpdateCursor cursor)
    {
        if (_held.Ref == ContentRef.Skip)
        {
            _held.Length = cursor.Item.End - _held.Clock;
            return;
        }

        _output.Add(_from!, _held, 0);
        _held = new StructRef
        {
            Client = _held.Client,
            Clock = _held.End,
            Length = cursor.Item.Clock - _held.End,
            Ref = ContentRef.Skip,
            OriginClient = -1,
            RightClient = -1,
            Key = -1,
            Name = -1,
        };
    }

    private void Join(UpdateCursor cursor)
    {
        var item = cursor.Item;
        var overlap = _held.End - item.Clock;
        if (overlap > 0)
        {
            if (_held.Ref == ContentRef.Skip)
            {
                _held.Length -= overlap;   // the other knows more than that nothing is known
            }
            else
            {
                item = Cut(cursor.Update, item, overlap);
            }
        }

        if (_held.Ref == ContentRef.Gc && item.Ref == ContentRef.Gc)
        {
            _held.Length += item.Length;   // the cursor stays: next time it is seen to be covered
            return;
        }

        _output.Add(_from!, _held, 0);
        (_from, _held) = (cursor.Update, item);
        cursor.Next();
    }

    private void Hold(UpdateCursor cursor)
    {
        (_from, _held) = (cursor.Update, cursor.Item);
        cursor.Next();
    }

    /// <summary>The part of a struct from an offset on.</summary>
    private static StructRef Cut(DecodedUpdate update, StructRef item, uint offset)
    {
        item.Clock += offset;
        item.Length -= offset;
        if (!item.IsItem)
        {
            return item;
        }

        (item.OriginClient, item.OriginClock) = (item.Client, item.Clock - 1);
        item.Content += (int)offset;
        if (item.Ref == ContentRef.String && char.IsHighSurrogate(update.Text[item.Content - 1]))
        {
            update.Text[item.Content] = '\uFFFD';
        }

        return item;
    }

    private void Resort()
    {
        if (!_cursors[0].IsOpen)
        {
            _cursors.RemoveAt(0);
        }

        CursorOrder.Resort(_cursors);
    }
}
