using Roost.Crdt;

namespace Roost.Fuzz;

internal sealed partial class Session
{
    private void Tool(Replica replica)
    {
        var which = Dice.Below(6);
        Log.Note($"{replica.Index} tool {which}");
        switch (which)
        {
            case 0 or 1 when replica.Inbox.Count > 0: MergeSome(replica); break;
            case 2: TakeSnapshot(replica); break;
            case 3 when replica.Snapshots.Count > 0: ShowSnapshots(replica); break;
            case 4: TakePosition(replica); break;
            case 5 when replica.Positions.Count > 0:
                var position = Dice.Pick(replica.Positions);
                var doc = Dice.Pick(_replicas).Doc;
                Log.Text(position.TryResolve(doc, out _, out var index, followUndone: Dice.Chance(50)) ? index.ToString() : "-1");
                break;
        }
    }

    private void MergeSome(Replica replica)
    {
        var some = new List<(byte[] V1, byte[] V2)>();
        for (var left = 1 + Dice.Below(6); left > 0; left--)
        {
            some.Add(Dice.Pick(replica.Inbox));
        }

        var merged = YUpdates.Merge([.. some.Select(pair => pair.V1)]);
        var mergedV2 = YUpdates.MergeV2([.. some.Select(pair => pair.V2)]);
        Log.Bytes(merged);
        Log.Bytes(mergedV2);
        Log.Bytes(StateVectors.Encode(YUpdates.StateVector(merged)));
        Log.Bytes(YUpdates.ConvertV1ToV2(merged));
        Log.Bytes(YUpdates.ConvertV2ToV1(mergedV2));
        Log.Bytes(YUpdates.Obfuscate(merged));
        Log.Bytes(YUpdates.Obfuscate(mergedV2, v2: true));
        var state = Dice.Pick(_replicas).Doc.EncodeStateVector();
        Log.Bytes(YUpdates.Diff(merged, state));
        Log.Bytes(YUpdates.DiffV2(mergedV2, state));
        if (Dice.Chance(50))
        {
            replica.Doc.ApplyUpdate(merged, _origin);
        }
    }

    private void TakeSnapshot(Replica replica)
    {
        var taken = Snapshot.Of(replica.Doc);
        Log.Bytes(taken.Encode());
        Log.Bytes(taken.Encode(v2: true));
        if (!replica.Doc.Options.Gc)
        {
            replica.Snapshots.Add(taken);
        }
    }

    private void ShowSnapshots(Replica replica)
    {
        var first = Dice.Pick(replica.Snapshots);
        var second = Dice.Pick(replica.Snapshots);
        Log.Text(Json.Of(replica.Text.ToDelta(first)));
        Log.Text(Json.Of(replica.Text.ToDelta(second, first)));
        var restored = first.Restore(replica.Doc, new YDoc(0, new YDocOptions { Gc = false }));
        Log.Bytes(restored.EncodeStateAsUpdate());
    }

    private void TakePosition(Replica replica)
    {
        YType type = Dice.Chance(50) ? replica.Text : replica.Array;
        var length = type is YText text ? text.Length : ((YArray)type).Count;
        var index = Dice.Below(length + 1);
        var position = RelativePosition.FromIndex(type, index, Dice.Chance(50) ? 0 : -1);
        Log.Bytes(position.Encode());
        Log.Text(YValue.From(position.ToJson()).ToJson());
        replica.Positions.Add(position);
    }
}
