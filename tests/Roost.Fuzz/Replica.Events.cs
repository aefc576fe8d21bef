using Roost.Crdt;

namespace Roost.Fuzz;

internal sealed partial class Replica
{
    /// <summary>Destroys or loads a sub-document of the array.</summary>
    public void Subdoc()
    {
        var all = Array.Where(value => value.Kind == YValueKind.Doc).ToList();
        if (all.Count == 0)
        {
            return;
        }

        var one = _dice!.Pick(all).AsDoc;
        Action<YDoc>? told = null;
        told = _ =>
        {
            one.Destroyed -= told;
            _log.Text($"\"destroyed {one.Guid}\"");
        };
        one.Destroyed += told;
        if (_dice.Chance(50))
        {
            one.Load();
        }
        else
        {
            one.Destroy();
        }
    }

    /// <summary>Every event of the document in its order, with handlers that sometimes write.</summary>
    private void Listen(ScriptDice dice)
    {
        _dice = dice;
        Doc.BeforeAllTransactions += _ => _log.Text("[\"beforeAll\"]");
        Doc.BeforeTransaction += transaction =>
        {
            _log.Text(Json.Of(["before", .. Told(transaction), Clocks(transaction.BeforeState())]));
            if (transaction.IsLocal && dice.Chance(7))
            {
                Map["ev"] = dice.Below(10);
            }
        };
        Doc.BeforeObserverCalls += transaction => Say("beforeObservers", transaction, Clocks(transaction.AfterState()));
        Doc.AfterTransaction += transaction =>
            Say("after", transaction, transaction.ChangedParentTypes.Count, Clocks(transaction.BeforeState()), Clocks(transaction.AfterState()));
        Doc.AfterTransactionCleanup += transaction => Say("cleanup", transaction, Ranges(transaction.DeleteSet));
        Doc.Update += (_, _) => Write();
        Doc.AfterAllTransactions += (_, all) => Say("afterAll", [all.Select(transaction => (YValue)Told(transaction)).ToArray()]);
        Doc.SubdocsChanged += transaction => Say(
            "subdocs", Guids(transaction.SubdocsAdded), Guids(transaction.SubdocsRemoved), Guids(transaction.SubdocsLoaded));
        Text.Observe(_ => Write());
        Map.ObserveDeep(_ => Write());
    }

    private int _writes = 40;
    private ScriptDice? _dice;

    private void Write()
    {
        if (_writes == 0 || !_dice!.Chance(7))
        {
            return;
        }

        _writes--;
        switch (_dice.Below(4))
        {
            case 0: Map["ev"] = _dice.Below(10); break;
            case 1: Array.Push(_dice.Below(10)); break;
            case 2: Text.Insert(0, "e"); break;
            case 3 when Text.Length > 0: Text.Delete(0, 1); break;
        }
    }

    private void Say(string what, Transaction transaction, params YValue[] more) => Say(what, [.. Told(transaction), .. more]);

    private void Say(string what, params YValue[] more)
    {
        _log.Text(Json.Of([what, .. more]));
        Write();
    }

    private static YValue[] Told(Transaction transaction) => [transaction.IsLocal, transaction.Origin is string word ? word : transaction.Origin is not null];

    private static YValue Clocks(IReadOnlyDictionary<ulong, uint> state) =>
        state.OrderBy(entry => entry.Key).Select(entry => (YValue)(YValue[])[entry.Key, entry.Value]).ToArray();

    private static YValue Ranges(DeleteSet set) => set.Authors.Order()
        .Select(client => (YValue)(YValue[])[client, set.RangesOf(client).Select(range => (YValue)(YValue[])[range.Clock, range.Length]).ToArray()]).ToArray();

    private static YValue Guids(IEnumerable<YDoc> docs) => docs.Select(doc => doc.Guid).Order(StringComparer.Ordinal).Select(guid => (YValue)guid).ToArray();
}
