namespace Roost.Crdt;

/// <summary>A place in an update that is being merged; skips are passed over.</summary>
internal sealed class UpdateCursor
{
    private int _at = -1;

    public UpdateCursor(DecodedUpdate update)
    {
        Update = update;
        Next();
    }

    public DecodedUpdate Update { get; }

    public bool IsOpen => _at < Update.StructCount;

    public ref StructRef Item => ref Update.Structs[_at];

    public ulong Client => Update.Clients[Item.Client];

    public void Next()
    {
        do
        {
            _at++;
        }
        while (IsOpen && Item.Ref == ContentRef.Skip);
    }
}

/// <summary>The order in which updates are merged: higher clients first, then lower clocks.</summary>
/// <remarks>
/// Where an item and a GC begin at the same unit Yjs's comparison says "before" both ways round, so that the sorting algorithm decides
/// which of the two is written. Up to 63 updates that is binary insertion after one run in the engine Node and Chromium use; this
/// follows it. Either choice is a correct update; only the bytes would differ.
/// </remarks>
internal static class CursorOrder
{
    private const int Few = 63;

    public static void Sort(List<UpdateCursor> cursors)
    {
        if (cursors.Count < 2)
        {
            return;
        }

        if (cursors.Count > Few)
        {
            var sorted = cursors.Order(Comparer<UpdateCursor>.Create(ByPlace)).ToList();   // stable
            cursors.Clear();
            cursors.AddRange(sorted);
            return;
        }

        for (var start = SortRun(cursors); start < cursors.Count; start++)
        {
            var moved = cursors[start];
            var (low, high) = (0, start);
            while (low < high)
            {
                var middle = low + ((high - low) >> 1);
                if (Compare(moved, cursors[middle]) < 0)
                {
                    high = middle;
                }
                else
                {
                    low = middle + 1;
                }
            }

            cursors.RemoveAt(start);
            cursors.Insert(low, moved);
        }
    }

    /// <summary>Sorts again after the first one moved; with many, only that one is moved to its place.</summary>
    public static void Resort(List<UpdateCursor> cursors)
    {
        if (cursors.Count <= Few)
        {
            Sort(cursors);
            return;
        }

        var moved = cursors[0];
        var (low, high) = (1, cursors.Count);
        while (low < high)
        {
            var middle = low + ((high - low) >> 1);
            if (ByPlace(cursors[middle], moved) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low > 1)
        {
            cursors.RemoveAt(0);
            cursors.Insert(low - 1, moved);
        }
    }

    /// <summary>The length of the run at the beginning, reversed if it descends.</summary>
    private static int SortRun(List<UpdateCursor> cursors)
    {
        var descends = Compare(cursors[1], cursors[0]) < 0;
        var length = 2;
        while (length < cursors.Count && Compare(cursors[length], cursors[length - 1]) < 0 == descends)
        {
            length++;
        }

        if (descends)
        {
            cursors.Reverse(0, length);
        }

        return length;
    }

    private static int Compare(UpdateCursor left, UpdateCursor right)
    {
        var order = ByPlace(left, right);
        return order != 0 || left.Item.IsItem == right.Item.IsItem ? order : -1;
    }

    private static int ByPlace(UpdateCursor left, UpdateCursor right) =>
        left.Client != right.Client ? right.Client.CompareTo(left.Client) : left.Item.Clock.CompareTo(right.Item.Clock);
}
