using Roost.Crdt;

namespace Roost.Fuzz;

/// <summary>A random session of several replicas; script.mjs runs the same one with Yjs. Every draw must happen in the same order.</summary>
internal sealed partial class Session
{
    private readonly List<Replica> _replicas = [];
    private readonly string? _origin;
    private bool _ready;

    public Session(uint seed, int operations, Mode mode)
    {
        Dice = new ScriptDice(seed);
        Mode = mode;
        var count = 2 + Dice.Below(3);
        var ids = new OrderedDictionary<ulong, bool>();
        var kind = Dice.Below(3);
        while (ids.Count < count)
        {
            var draw = Dice.Next();
            ids[kind == 0 ? draw % 12 : kind == 1 ? draw : (draw * 2097152UL) + (Dice.Next() % 2097152)] = true;
        }

        _origin = Dice.Chance(50) ? "remote" : null;
        foreach (var id in ids.Keys)
        {
            _replicas.Add(new Replica(this, _replicas.Count, id, Dice.Chance(65)));
        }

        _ready = true;
        Operations = operations;
    }

    public ScriptDice Dice { get; }

    public Mode Mode { get; }

    public Log Log { get; } = new();

    public int Operations { get; }

    public void Run()
    {
        for (var i = 0; i < Operations; i++)
        {
            Step();
        }

        Converge();
    }

    public void Spread(Replica from, byte[] v1, byte[] v2)
    {
        foreach (var other in _ready ? _replicas : [])
        {
            if (other != from)
            {
                other.Inbox.Add((v1, v2));
            }
        }
    }

    /// <summary>A state halfway, and the updates of all replicas since and before, for whoever wants to damage them.</summary>
    public (byte[] State, List<(byte[] V1, byte[] V2)> Updates) Material()
    {
        var first = _replicas[0];
        var updates = _replicas.SelectMany(replica => replica.Inbox).Take(50).ToList();
        updates.Add((first.Doc.EncodeStateAsUpdate(), first.Doc.EncodeStateAsUpdateV2()));
        var early = new YDoc(0);
        foreach (var (v1, _) in updates.Take(updates.Count / 2))
        {
            early.ApplyUpdate(v1);
        }

        return (early.EncodeStateAsUpdate(), updates);
    }

    private void Step()
    {
        var replica = Dice.Pick(_replicas);
        var what = Dice.Below(100);
        if (what < 55)
        {
            Edit(replica);
        }
        else if (what < 62)
        {
            var count = 2 + Dice.Below(4);
            Log.Note($"transaction of {count}");
            replica.Doc.Transact(_ =>
            {
                for (var i = 0; i < count; i++)
                {
                    Edit(replica);
                }
            });
        }
        else if (what < 82)
        {
            Deliver(replica);
        }
        else if (what < 85)
        {
            Sync(Dice.Pick(_replicas), replica);
        }
        else if (what < 92 && Mode.HasFlag(Mode.Undo))
        {
            var how = Dice.Below(10);
            Log.Note($"{replica.Index} undo manager {how}");
            if (how < 5)
            {
                replica.Undo!.Undo();
            }
            else if (how < 8)
            {
                replica.Undo!.Redo();
            }
            else if (how < 9)
            {
                replica.Undo!.StopCapturing();
            }
            else
            {
                replica.Undo!.Clear();
            }
        }
        else if (what < 96 && Mode.HasFlag(Mode.Tools))
        {
            Tool(replica);
        }
        else if (what == 96 && Mode.HasFlag(Mode.Events))
        {
            Log.Note($"{replica.Index} sub-document");
            replica.Subdoc();
        }
        else if (what >= 97)
        {
            Log.Note($"{replica.Index} state");
            replica.State();
        }
    }

    private void Deliver(Replica replica)
    {
        if (replica.Inbox.Count == 0)
        {
            return;
        }

        var at = Dice.Chance(60) ? 0 : Dice.Below(replica.Inbox.Count);
        var (v1, v2) = replica.Inbox[at];
        var fate = Dice.Below(100);
        if (fate >= 8)
        {
            replica.Inbox.RemoveAt(at);
        }

        if (fate >= 95)
        {
            return;
        }

        Log.Note($"{replica.Index} receives {Convert.ToHexStringLower(v1)}");
        if (Dice.Chance(50))
        {
            replica.Doc.ApplyUpdate(v1, _origin);
        }
        else
        {
            replica.Doc.ApplyUpdateV2(v2, _origin);
        }
    }

    private void Sync(Replica from, Replica to)
    {
        Log.Note($"{to.Index} syncs from {from.Index}");
        var state = to.Doc.EncodeStateVector();
        if (Dice.Chance(50))
        {
            var update = from.Doc.EncodeStateAsUpdate(state);
            Log.Bytes(update);
            to.Doc.ApplyUpdate(update, _origin);
        }
        else
        {
            var update = from.Doc.EncodeStateAsUpdateV2(state);
            Log.Bytes(update);
            to.Doc.ApplyUpdateV2(update, _origin);
        }
    }

    private void Converge()
    {
        for (var round = 0; round < 2; round++)
        {
            foreach (var to in _replicas)
            {
                foreach (var from in _replicas)
                {
                    if (from != to)
                    {
                        Sync(from, to);
                    }
                }
            }
        }

        Log.Note("final states");
        foreach (var replica in _replicas)
        {
            replica.State();
        }
    }
}
