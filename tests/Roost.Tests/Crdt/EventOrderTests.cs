using Roost.Crdt;

namespace Roost.Tests.Crdt;

/// <summary>Which event comes after which; the expected lines were recorded from Yjs 13.6.33. The fuzzer compares them in random sessions.</summary>
public class EventOrderTests
{
    private readonly YDoc _doc = new(1);
    private readonly List<string> _log = [];

    [Fact]
    public void A_transaction_inside_another_is_not_told_apart()
    {
        Listen(_doc);
        _doc.GetText().Observe(_ => _log.Add("text"));
        _doc.GetMap("m").ObserveDeep(_ => _log.Add("map"));
        _doc.Transact(
            _ =>
            {
                _doc.GetText().Insert(0, "a");
                _doc.Transact(_ => _doc.GetMap("m")["k"] = 1, "inner");
                _doc.GetText().Insert(0, "b");
            },
            "outer");
        _doc.Transact(_ => { }, "empty");
        Expect(
            "beforeAll", "before outer here", "beforeObservers outer here", "text", "map", "after outer here", "cleanup outer here", "update outer here", "afterAll outer",
            "beforeAll", "before empty here", "beforeObservers empty here", "after empty here", "cleanup empty here", "afterAll empty");
    }

    [Fact]
    public void Transactions_that_handlers_begin_wait_their_turn()
    {
        Listen(_doc);
        var calls = 0;
        _doc.GetText().Observe(_ =>
        {
            _log.Add("text");
            if (calls++ == 0)
            {
                _doc.Transact(_ => _doc.GetText().Insert(0, "x"), "observer");
            }
        });
        _doc.AfterTransactionCleanup += transaction =>
        {
            if (Equals(transaction.Origin, "user"))
            {
                _doc.Transact(_ => _doc.GetMap("m")["k"] = 1, "cleaner");
            }
        };
        Action<YDoc, IReadOnlyList<Transaction>>? once = null;
        once = (_, _) =>
        {
            _doc.AfterAllTransactions -= once;
            _doc.Transact(_ => _doc.GetMap("m")["k"] = 2, "again");
        };
        _doc.AfterAllTransactions += once;
        _doc.Transact(_ => _doc.GetText().Insert(0, "a"), "user");
        Expect(
            "beforeAll", "before user here", "beforeObservers user here", "text", "before observer here", "after user here", "cleanup user here",
            "before cleaner here", "update user here", "beforeObservers observer here", "text", "after observer here", "cleanup observer here",
            "update observer here", "beforeObservers cleaner here", "after cleaner here", "cleanup cleaner here", "update cleaner here",
            "afterAll user,observer,cleaner", "beforeAll", "before again here", "beforeObservers again here", "after again here", "cleanup again here",
            "update again here", "afterAll again");
        Assert.Equal("xa", _doc.GetText().ToString());
    }

    [Fact]
    public void What_came_from_elsewhere_is_followed_by_the_clean_up_of_its_formats()
    {
        var other = new YDoc(2);
        _doc.GetText().Insert(0, "ab");
        other.ApplyUpdate(_doc.EncodeStateAsUpdate());
        _doc.GetText().Format(0, 1, new YObject { ["bold"] = true });
        other.GetText().Format(0, 2, new YObject { ["bold"] = true });
        Listen(other);
        other.GetText().Observe(_ => _log.Add("text"));
        other.ApplyUpdate(_doc.EncodeStateAsUpdate(), "network");
        Expect(
            "beforeAll", "before network there", "beforeObservers network there", "text", "after network there", "before - here", "cleanup network there",
            "update network there", "beforeObservers - here", "text", "after - here", "cleanup - here", "update - here", "afterAll network,-");
    }

    [Fact]
    public void A_sub_document_that_goes_is_destroyed_and_its_place_told_once_more()
    {
        Listen(_doc);
        var sub = new YDoc(0, new YDocOptions { Guid = "g" });
        sub.Destroyed += _ => _log.Add("destroyed");
        _doc.GetMap()["s"] = sub;
        sub.Destroy();
        sub.Destroy();
        var fresh = _doc.GetMap()["s"].AsDoc;
        fresh.Destroyed += _ => _log.Add("destroyed too");
        fresh.Load();
        _doc.GetMap().Delete("s");
        string[] frame = ["beforeAll", "before - here", "beforeObservers - here", "after - here", "cleanup - here"];
        Expect([
            .. frame, "update - here", "subdocs +1 -0 l1", "afterAll -",
            .. frame, "subdocs +1 -1 l0", "destroyed", "afterAll -",
            .. frame, "subdocs +0 -0 l1", "afterAll -",
            .. frame, "update - here", "subdocs +0 -1 l0", "before - here", "destroyed too", .. frame[2..], "subdocs +0 -1 l0", "afterAll -,-"]);
    }

    [Fact]
    public void A_handler_that_fails_keeps_nobody_else_from_hearing()
    {
        Listen(_doc);
        _doc.BeforeObserverCalls += _ => throw new InvalidOperationException("first");
        _doc.AfterTransactionCleanup += _ => throw new InvalidOperationException("second");
        _doc.AfterAllTransactions += (_, _) => throw new InvalidOperationException("third");
        Assert.Equal("first", Assert.Throws<InvalidOperationException>(() => _doc.GetText().Insert(0, "a")).Message);
        Expect("beforeAll", "before - here", "beforeObservers - here", "after - here", "cleanup - here", "update - here", "afterAll -");
    }

    [Fact]
    public void A_handler_that_refuses_a_transaction_keeps_its_body_from_running()
    {
        var refuse = true;
        _doc.BeforeTransaction += transaction => transaction.Meta["asked"] = refuse ? throw new InvalidOperationException("not now") : true;
        Assert.Throws<InvalidOperationException>(() => _doc.GetText().Insert(0, "a"));
        refuse = false;
        _doc.GetText().Insert(0, "b");
        Assert.Equal("b", _doc.GetText().ToString());
    }

    [Fact]
    public void What_a_handler_writes_before_the_body_is_part_of_the_transaction()
    {
        var updates = _doc.RecordUpdates();
        _doc.BeforeTransaction += _ => _doc.GetText().Insert(0, "<");
        _doc.GetText().Insert(0, "a");
        Assert.Equal("a<", _doc.GetText().ToString());
        Assert.Single(updates);
    }

    [Fact]
    public void A_transaction_tells_its_states_and_types_and_carries_what_handlers_leave_in_it()
    {
        var nested = new YMap();
        _doc.GetArray().Push(nested);
        _doc.BeforeTransaction += transaction => transaction.Meta["seen"] = 7;
        _doc.AfterTransaction += transaction =>
        {
            Assert.Equal(new Dictionary<ulong, uint> { [1] = 1 }, transaction.BeforeState());
            Assert.Equal(new Dictionary<ulong, uint> { [1] = 3 }, transaction.AfterState());
            Assert.Equal([nested, _doc.GetArray()], transaction.ChangedParentTypes);
            _log.Add($"{transaction.Meta["seen"]}");
        };
        _doc.Transact(_ =>
        {
            nested["a"] = 1;
            nested["b"] = 2;
        });
        Expect("7");
    }

    [Fact]
    public void A_destroyed_document_tells_nothing_more()
    {
        Listen(_doc);
        _doc.Destroyed += _ => _log.Add("destroyed");
        _doc.Destroy();
        _doc.GetText().Insert(0, "a");
        _doc.MarkSynced();
        Expect("destroyed");
        Assert.True(_doc.IsDestroyed);
        Assert.Equal("a", _doc.GetText().ToString());
    }

    [Fact]
    public void A_transaction_hands_on_what_its_body_returns()
    {
        var length = _doc.Transact(_ =>
        {
            _doc.GetText().Insert(0, "abc");
            return _doc.GetText().Length;
        });
        Assert.Equal(3, length);
    }

    private void Listen(YDoc doc)
    {
        doc.BeforeAllTransactions += _ => _log.Add("beforeAll");
        doc.BeforeTransaction += Say("before");
        doc.BeforeObserverCalls += Say("beforeObservers");
        doc.AfterTransaction += Say("after");
        doc.AfterTransactionCleanup += Say("cleanup");
        doc.Update += (_, transaction) => Say("update")(transaction);
        doc.SubdocsChanged += change => _log.Add($"subdocs +{change.SubdocsAdded.Count} -{change.SubdocsRemoved.Count} l{change.SubdocsLoaded.Count}");
        doc.AfterAllTransactions += (_, all) => _log.Add("afterAll " + string.Join(',', all.Select(transaction => transaction.Origin ?? "-")));

        Action<Transaction> Say(string name) => transaction => _log.Add($"{name} {transaction.Origin ?? "-"} {(transaction.IsLocal ? "here" : "there")}");
    }

    private void Expect(params string[] lines) => Assert.Equal(lines, _log);
}
