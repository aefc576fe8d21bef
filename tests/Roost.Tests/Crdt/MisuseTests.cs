using Roost.Crdt;

namespace Roost.Tests.Crdt;

/// <summary>What a new user gets wrong: an error where it happened, and a document that is whole afterwards.</summary>
public class MisuseTests
{
    private readonly YDoc _doc = new(1);

    [Fact]
    public void An_update_reaches_every_handler_whatever_the_others_throw()
    {
        var other = new YDoc(2);
        var rounds = 0;
        _doc.Update += (_, _) => throw new InvalidOperationException("no network");
        _doc.Update += (update, _) => other.ApplyUpdate(update);
        _doc.AfterAllTransactions += (_, _) => throw new InvalidOperationException("later");
        _doc.AfterAllTransactions += (_, _) => rounds++;
        Assert.Equal("no network", Assert.Throws<InvalidOperationException>(() => _doc.GetText().Insert(0, "a")).Message);
        Assert.Equal("a", other.GetText().ToString());
        Assert.Equal(1, rounds);
    }

    [Fact]
    public void A_handler_given_twice_is_called_twice_until_each_subscription_ends()
    {
        var calls = 0;
        void Count(YEvent happened) => calls++;
        var first = _doc.GetText().Observe(Count);
        var second = _doc.GetText().Observe(Count);
        _doc.GetText().Insert(0, "a");
        Assert.Equal(2, calls);
        first.Dispose();
        first.Dispose();
        _doc.GetText().Insert(0, "b");
        Assert.Equal(3, calls);
        second.Dispose();
        _doc.GetText().Insert(0, "c");
        Assert.Equal(3, calls);
    }

    [Fact]
    public void An_index_that_does_not_exist_is_told_when_the_text_gets_its_place_and_the_rest_goes_on()
    {
        var heard = 0;
        _doc.GetMap().Observe(_ => heard++);
        var text = new YText("abc");
        text.Insert(100, "x");
        Assert.Throws<ArgumentOutOfRangeException>(() => _doc.GetMap()["t"] = text);
        Assert.Equal(1, heard);
        text.Insert(3, "d");
        Assert.Equal("abcd", _doc.GetMap()["t"].As<YText>().ToString());
        Same();
    }

    [Fact]
    public void A_type_that_holds_itself_is_refused_and_usable_afterwards()
    {
        var map = new YMap();
        map["self"] = map;
        Assert.Throws<InvalidOperationException>(() => _doc.GetMap()["m"] = map);
        map["k"] = 1;
        Assert.Equal("""{"m":{"k":1}}""", Bytes.Json(_doc.GetMap()));
        Same();
    }

    [Fact]
    public void Types_nested_by_the_ten_thousands_are_an_exception_to_who_copies_them_not_the_end_of_the_process()
    {
        const int Depth = 100_000;
        var map = _doc.GetMap("m");
        var array = _doc.GetArray("a");
        var xml = (YXmlFragment)_doc.GetXmlFragment("x");
        _doc.Transact(_ =>
        {
            for (var i = 0; i < Depth; i++)
            {
                (var innerMap, var innerArray, var innerXml) = (new YMap(), new YArray(), new YXmlElement("p"));
                map["k"] = innerMap;
                array.Push(innerArray);
                xml.Push(innerXml);
                (map, array, xml) = (innerMap, innerArray, innerXml);
            }
        });
        Assert.Throws<InsufficientExecutionStackException>(() => _doc.ToJson());
        Assert.Throws<InsufficientExecutionStackException>(() => _doc.GetMap("m").Clone());
        Assert.Throws<InsufficientExecutionStackException>(() => _doc.GetArray("a").Clone());
        Assert.Throws<InsufficientExecutionStackException>(() => _doc.GetXmlFragment("x").Clone());
        Assert.Throws<InsufficientExecutionStackException>(() => _doc.GetXmlFragment("x").ToString());
        map["last"] = 1;
        Same();
    }

    [Fact]
    public void Types_nested_by_the_ten_thousands_and_all_changed_at_once_are_told_of_without_a_square_of_memory()
    {
        const int Depth = 20_000;
        var (all, map) = (new List<YMap>(), _doc.GetMap("m"));
        _doc.Transact(_ =>
        {
            for (var i = 0; i < Depth; i++)
            {
                var inner = new YMap();
                map["k"] = inner;
                all.Add(map = inner);
            }
        });
        var (told, inside, fewer) = (0, 0, 0);
        all[0].Observe(_ => told++);
        _doc.GetMap("m").ObserveDeep(events => inside = events.Count);
        all[Depth - 2].ObserveDeep(events => fewer = events[0].CurrentTarget == events[0].Target ? events.Count : 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _doc.Transact(_ => all.ForEach(each => each["x"] = 1));
        Assert.Equal((1, Depth, 2), (told, inside, fewer));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100L << 20); // once 1.6 GB
    }

    [Fact]
    public void A_map_that_gets_many_keys_at_once_is_told_of_each_once()
    {
        const int Keys = 1000;
        IReadOnlyList<string> changed = [];
        _doc.GetMap("m").Observe(happened => changed = happened.KeysChanged);
        for (var round = 0; round < 2; round++)
        {
            _doc.Transact(_ =>
            {
                for (var i = 0; i < 2 * Keys; i++)
                {
                    _doc.GetMap("m")[$"{i % Keys}"] = i;
                }
            });
            Assert.Equal(Enumerable.Range(0, Keys).Select(i => $"{i}"), changed);
        }
    }

    [Fact]
    public void Null_is_refused_by_name_before_anything_happens()
    {
        var text = _doc.GetText();
        Assert.Throws<ArgumentNullException>(() => _doc.GetMap(null!));
        Assert.Throws<ArgumentNullException>(() => text.Format(0, 0, null!));
        Assert.Throws<ArgumentNullException>(() => text.ApplyDelta(null!));
        Assert.Throws<ArgumentNullException>(() => text.Observe(null!));
        Assert.Throws<ArgumentNullException>(() => _doc.GetMap("m").Set(null!, 1));
        Assert.Throws<ArgumentNullException>(() => _doc.GetMap("m").Get(null!));
        Assert.Throws<ArgumentNullException>(() => _doc.GetMap("m").Delete(null!));
        Assert.Throws<ArgumentNullException>(() => _doc.GetMap("m").Has(null!));
        Assert.Throws<ArgumentNullException>(() => new YMap().Set(null!, 1));
        Assert.Throws<ArgumentNullException>(() => _doc.Transact(null!));
        Assert.Equal(0, _doc.Size.Structs);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(1, int.MaxValue)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void Places_that_do_not_exist_are_refused_and_nothing_changes(int index, int length)
    {
        _doc.GetText().Insert(0, "abc");
        _doc.GetArray("a").Push(1, 2, 3);
        _doc.GetXmlFragment("x").Push(new YXmlText("t"));
        var before = _doc.EncodeStateAsUpdate();
        Assert.Throws<ArgumentOutOfRangeException>(() => _doc.GetText().Delete(index, length));
        Assert.Throws<ArgumentOutOfRangeException>(() => _doc.GetText().Format(index, length, new YObject { ["b"] = true }));
        Assert.Throws<ArgumentOutOfRangeException>(() => _doc.GetArray("a").Delete(index, length));
        Assert.Throws<ArgumentOutOfRangeException>(() => _doc.GetXmlFragment("x").Delete(index, length));
        Assert.Equal(before, _doc.EncodeStateAsUpdate());
    }

    private void Same()
    {
        var other = new YDoc(2);
        other.ApplyUpdate(_doc.EncodeStateAsUpdate());
        Assert.Equal(_doc.EncodeStateAsUpdate(), other.EncodeStateAsUpdate());
    }
}
