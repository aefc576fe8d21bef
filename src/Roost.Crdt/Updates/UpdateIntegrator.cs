using System.Runtime.InteropServices;

namespace Roost.Crdt;

/// <summary>Puts the structs of an update into a store as far as what they depend on is there; the rest is handed back.</summary>
internal sealed class UpdateIntegrator
{
    private readonly Dictionary<ulong, uint> _missing = [];
    private readonly List<int> _stack = [];
    private readonly List<int> _order = [];               // sections by ascending client; taken from the end
    private Dictionary<int, List<int>>? _rest;            // structs by client of the update
    private DecodedUpdate _update = null!;
    private BlockStore _store = null!;
    private Transaction _transaction = null!;
    private ClientBlocks[] _clients = [];                 // of the store, by client of the update
    private int[] _names = [];                            // keys of the store, by name of the update; −1 until needed
    private int[] _sectionOf = [];                        // by client of the update; −1: none left
    private int[] _next = [];                             // cursors of sections
    private int[] _end = [];

    /// <summary>Integrates what can be; null, or what must wait.</summary>
    public PendingStructs? Run(Transaction transaction, DecodedUpdate update)
    {
        Prepare(transaction, update);
        var target = NextTarget();
        if (target < 0)
        {
            return null;
        }

        var head = _next[target]++;
        while (true)
        {
            if (!Step(ref head))
            {
                continue;   // the head is now a struct that the last one needs
            }

            if (_stack.Count > 0)
            {
                head = _stack[^1];
                _stack.RemoveAt(_stack.Count - 1);
            }
            else if (_next[target] < _end[target])
            {
                head = _next[target]++;
            }
            else if ((target = NextTarget()) >= 0)
            {
                head = _next[target]++;
            }
            else
            {
                break;
            }
        }

        return _rest is null ? null : new PendingStructs(new(_missing), WriteRest());
    }

    private void Prepare(Transaction transaction, DecodedUpdate update)
    {
        (_transaction, _update, _store, _rest) = (transaction, update, transaction.Doc.Store, null);
        _missing.Clear();
        _stack.Clear();
        _order.Clear();
        var count = update.Clients.Count;
        if (_clients.Length < count)
        {
            _clients = new ClientBlocks[count];
            _sectionOf = new int[count];
        }

        for (var i = 0; i < count; i++)
        {
            _clients[i] = _store.GetOrAddClient(update.Clients[i]);
        }

        Array.Fill(_sectionOf, -1, 0, count);
        if (_names.Length < update.Names.Count)
        {
            _names = new int[update.Names.Count];
        }

        Array.Fill(_names, -1, 0, update.Names.Count);
        var sections = update.Sections.Count;
        if (_next.Length < sections)
        {
            _next = new int[sections];
            _end = new int[sections];
        }

        for (var i = 0; i < sections; i++)
        {
            var section = update.Sections[i];
            _sectionOf[section.Client] = i;
            (_next[i], _end[i]) = (section.Start, section.Start + section.Count);
            _order.Add(i);
            if (section.Count > 64)
            {
                _store.Reserve(section.Count);
                _clients[section.Client].Reserve(section.Count);
            }
        }

        if (sections > 1)
        {
            _order.Sort((a, b) => ClientOf(a).CompareTo(ClientOf(b)));
        }
    }

    private ulong ClientOf(int section) => _update.Clients[_update.Sections[section].Client];

    private int NextTarget()
    {
        while (_order.Count > 0)
        {
            if (_next[_order[^1]] < _end[_order[^1]])
            {
                return _order[^1];
            }

            _order.RemoveAt(_order.Count - 1);
        }

        return -1;
    }

    /// <summary>Deals with one struct; false if another must come first, which is then the head.</summary>
    private bool Step(ref int head)
    {
        ref var item = ref _update.Structs[head];
        if (item.Ref == ContentRef.Skip)
        {
            return true;
        }

        var client = _clients[item.Client];
        if (client.Next < item.Clock)
        {
            _stack.Add(head);
            NoteMissing(client.Id, item.Clock - 1);
            SetStackAside();
            return true;
        }

        var missing = item.IsItem ? FindMissing(item) : -1;
        if (missing < 0)
        {
            StructIntegration.Integrate(_transaction, _update, ref item, _clients, _names);
            return true;
        }

        _stack.Add(head);
        var section = _sectionOf[missing];
        if (section >= 0 && _next[section] < _end[section])
        {
            head = _next[section]++;
            return false;
        }

        NoteMissing(_update.Clients[missing], _clients[missing].Next);
        SetStackAside();
        return true;
    }

    private int FindMissing(in StructRef item)
    {
        if (item.OriginClient >= 0 && item.OriginClient != item.Client && item.OriginClock >= _clients[item.OriginClient].Next)
        {
            return item.OriginClient;
        }

        if (item.RightClient >= 0 && item.RightClient != item.Client && item.RightClock >= _clients[item.RightClient].Next)
        {
            return item.RightClient;
        }

        return item.ParentKind == StructRef.ItemParent && item.Parent != item.Client && item.ParentClock >= _clients[item.Parent].Next
            ? item.Parent
            : -1;
    }

    private void NoteMissing(ulong client, uint clock)
    {
        ref var noted = ref CollectionsMarshal.GetValueRefOrAddDefault(_missing, client, out var known);
        noted = known ? Math.Min(noted, clock) : clock;
    }

    /// <summary>A dead end: everything on the stack waits, and with it all later structs of those clients.</summary>
    private void SetStackAside()
    {
        _rest ??= [];
        foreach (var index in _stack)
        {
            var client = _update.Structs[index].Client;
            var section = _sectionOf[client];
            if (section >= 0)
            {
                var from = _next[section] - 1;
                _rest[client] = [.. Enumerable.Range(from, _end[section] - from)];
                _next[section] = _end[section];
                _sectionOf[client] = -1;
                _order.Remove(section);
            }
            else
            {
                _rest[client] = [index];
            }
        }

        _stack.Clear();
    }

    private byte[] WriteRest()
    {
        var encoder = new UpdateEncoderV2();
        encoder.Rest.WriteVarUint((uint)_rest!.Count);
        foreach (var (client, structs) in _rest.OrderByDescending(entry => _update.Clients[entry.Key]))
        {
            encoder.Rest.WriteVarUint((uint)structs.Count);
            encoder.WriteClient(_update.Clients[client]);
            encoder.Rest.WriteVarUint(_update.Structs[structs[0]].Clock);
            foreach (var index in structs)
            {
                StructRefWriter.Write(encoder, _update, _update.Structs[index], 0);
            }
        }

        encoder.Rest.WriteVarUint(0);   // no deletions
        return encoder.ToArray();
    }
}
