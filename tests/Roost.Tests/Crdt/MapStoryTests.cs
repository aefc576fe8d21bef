using Roost.Crdt;

namespace Roost.Tests.Crdt;

/// <summary>Maps of several users, in the situations that Yjs's own suite has.</summary>
public class MapStoryTests
{
    private readonly Room _room = new(4);

    private YMap Mine => _room[0].GetMap();

    [Fact]
    public void Keys_values_and_entries_are_enumerated()
    {
        Assert.Empty(Mine);
        Mine["a"] = 1;
        Mine["b"] = 2;
        Assert.Equal(["a", "b"], Mine.Keys);
        Assert.Equal([1, 2], Mine.Values);
        Assert.Equal(new Dictionary<string, YValue> { ["a"] = 1, ["b"] = 2 }, Mine);
    }

    [Fact]
    public void A_map_is_made_of_entries_also_of_other_maps()
    {
        var first = new YMap(new Dictionary<string, YValue> { ["number"] = 1, ["string"] = "hello" });
        Mine["m1"] = first;
        var second = new YMap { ["object"] = new YObject { ["x"] = 1 }, ["boolean"] = true };
        Mine["m2"] = second;
        Mine["m3"] = new YMap(first.Concat(second));
        Assert.Equal("""{"number":1,"string":"hello","object":{"x":1},"boolean":true}""", Bytes.Json(Mine["m3"].As<YMap>()));
    }

    [Fact]
    public void Every_kind_of_value_reaches_the_others_also_who_was_away()
    {
        _room.Leave(2);
        Mine["null"] = YValue.Null;
        Mine["number"] = 1;
        Mine["string"] = "hello Y";
        Mine["object"] = new YObject { ["key"] = new YObject { ["key2"] = "value" } };
        Mine["undefined"] = YValue.Undefined;
        var inner = new YMap();
        Mine["map"] = inner;
        Mine["yes"] = true;
        Mine["no"] = false;
        inner["array"] = new YArray([0]);
        inner["array"].As<YArray>().Unshift(-1);
        _room.Settle();
        Assert.All(_room.Docs, doc =>
        {
            var map = doc.GetMap();
            Assert.Equal(8, map.Count);
            Assert.Equal((YValue.Null, (YValue)1, (YValue)"hello Y", (YValue)true, (YValue)false), (map["null"], map["number"], map["string"], map["yes"], map["no"]));
            Assert.True(map.Has("undefined") && map["undefined"].IsUndefined);
            Assert.Equal("""{"key":{"key2":"value"}}""", map["object"].ToJson());
            Assert.Equal(-1, map["map"].As<YMap>()["array"].As<YArray>()[0].AsNumber);
        });
    }

    [Fact]
    public void A_type_is_the_same_object_when_it_is_read_back()
    {
        var (map, list) = (new YMap(), new YArray());
        Mine["map"] = map;
        Mine["list"] = list;
        map["one"] = 1;
        list.Push(1, 2, 3);
        Assert.Same(map, Mine["map"].As<YMap>());
        Assert.Same(list, Mine["list"].As<YArray>());
        Assert.Equal("""{"map":{"one":1},"list":[1,2,3]}""", Bytes.Json(Mine));
        _room.Settle();
    }

    [Fact]
    public void Of_several_who_set_a_key_the_highest_client_wins()
    {
        Mine["stuff"] = "c0";
        _room[1].GetMap()["stuff"] = "c1";
        _room[1].GetMap()["stuff"] = "c2";
        _room[2].GetMap()["stuff"] = "c3";
        _room.Settle();
        Assert.All(_room.Docs, doc => Assert.Equal("c3", doc.GetMap()["stuff"].AsString));
    }

    [Fact]
    public void A_winner_who_deletes_has_deleted()
    {
        Mine["stuff"] = "c0";
        _room[1].GetMap()["stuff"] = "c1";
        _room.Flush();
        Mine["stuff"] = "deleteme";
        _room[1].GetMap()["stuff"] = "c1";
        _room[2].GetMap()["stuff"] = "c2";
        _room[3].GetMap()["stuff"] = "c3";
        _room[3].GetMap().Delete("stuff");
        _room.Settle();
        Assert.All(_room.Docs, doc => Assert.True(doc.GetMap()["stuff"].IsUndefined));
    }

    [Fact]
    public void Counting_and_clearing_among_others()
    {
        Mine["stuff"] = "c0";
        _room[1].GetMap()["stuff"] = "c1";
        Mine["other"] = "c0";
        Assert.Equal(2, Mine.Count);
        _room.Flush();
        for (int user = 0; user < 4; user++)
        {
            _room[user].GetMap()["other"] = $"c{user}";
        }
        _room[3].GetMap().Clear();
        _room.Settle();
        Assert.All(_room.Docs, doc => Assert.Equal(0, doc.GetMap().Count));
    }

    [Fact]
    public void Deep_observers_hear_of_types_that_two_set_at_once_and_all_keep_one()
    {
        var seen = new List<string>();
        _room[1].GetMap()["map"] = new YMap();
        _room[1].GetMap().ObserveDeep(events => seen.AddRange(events.Select(one => $"{YValue.From([.. one.Path]).ToJson()} {string.Join(',', one.KeysChanged)}")));
        _room.Flush();
        _room[3].GetMap()["map"].As<YMap>()["deep"] = new YMap();
        _room[2].GetMap()["map"].As<YMap>()["deep"] = new YMap();
        _room.Settle();
        Assert.NotEmpty(seen);
        Assert.All(seen, line => Assert.Equal("""["map"] deep""", line));
        Assert.Single(_room.Docs.Select(doc => doc.GetMap()["map"].As<YMap>()["deep"].As<YMap>().Id).Distinct());
    }

    [Fact]
    public void Paths_say_where_also_for_siblings_in_one_transaction()
    {
        var paths = new List<string>();
        int calls = 0;
        var inner = new YMap { ["text1"] = new YText("initial") };
        Mine["map"] = inner;
        Mine.ObserveDeep(events =>
        {
            calls++;
            paths.AddRange(events.Select(one => YValue.From([.. one.Path]).ToJson()));
        });
        _room[0].Transact(_ =>
        {
            inner["text1"].As<YText>().Insert(0, "post-");
            inner["text2"] = new YText("new");
        });
        Assert.Equal(1, calls);
        Assert.Equal(["""["map"]""", """["map","text1"]"""], paths);
        paths.Clear();
        inner["list"] = new YArray();
        inner["list"].As<YArray>().Push("content");
        Assert.Equal(["""["map"]""", """["map","list"]"""], paths);
    }

    [Fact]
    public void Events_name_the_keys_that_were_set_replaced_deleted_and_cleared()
    {
        var told = new List<string>();
        Mine.Observe(happened => told.Add($"{ReferenceEquals(happened.Target, Mine)} {string.Join(',', happened.KeysChanged)}"));
        Mine["stuff"] = 4;
        Mine["stuff"] = new YArray();
        Mine["other"] = 5;
        Mine.Delete("stuff");
        Mine["stuff"] = 1;
        Mine.Clear();
        Assert.Equal(["True stuff", "True stuff", "True other", "True stuff", "True stuff", "True stuff,other"], told);
    }

    [Fact]
    public void A_key_change_says_what_it_was_before_the_transaction()
    {
        IReadOnlyDictionary<string, KeyChange> keys = new Dictionary<string, KeyChange>();
        Mine.Observe(happened => keys = happened.Keys);
        Mine["a"] = 1;
        Assert.Equal(new KeyChange(KeyAction.Add, YValue.Undefined), keys["a"]);
        Mine["a"] = 2;
        Assert.Equal(new KeyChange(KeyAction.Update, 1), keys["a"]);
        Twice("a", 3, 4);
        Assert.Equal(new KeyChange(KeyAction.Update, 2), keys["a"]);
        Twice("b", 1, 2);
        Assert.Equal(new KeyChange(KeyAction.Add, YValue.Undefined), keys["b"]);
        _room[0].Transact(_ =>
        {
            Mine["c"] = 1;
            Mine.Delete("c");
        });
        Assert.Empty(keys);

        void Twice(string key, int first, int second) => _room[0].Transact(_ =>
        {
            Mine[key] = first;
            Mine[key] = second;
        });
    }

    [Fact]
    public void Observers_that_fail_again_and_again_never_leave_a_transaction_open()
    {
        int updates = 0, calls = 0;
        _room[0].Update += (_, _) => updates++;
        Mine.Observe(_ => Fail());
        Mine.ObserveDeep(_ => Fail());
        Assert.Throws<InvalidOperationException>(() => Mine["y"] = "2");
        Assert.Throws<InvalidOperationException>(() => Mine["z"] = "3");
        Assert.Equal((2, 4, "3"), (updates, calls, Mine["z"].AsString));

        void Fail()
        {
            calls++;
            throw new InvalidOperationException("Failure");
        }
    }

    [Fact]
    public void The_value_is_there_when_the_event_comes_also_from_elsewhere()
    {
        var values = new List<YValue>();
        Mine.Observe(happened => values.Add(Mine[happened.KeysChanged[0]]));
        Mine["stuff"] = 2;
        _room[1].GetMap()["more"] = 3;
        _room.Settle();
        Assert.Equal([2, 3], values);
    }

    [Fact]
    public void An_event_asked_too_late_says_so_each_time()
    {
        YEvent? kept = null;
        Mine.Observe(happened => kept = happened);
        Mine["key"] = "value";
        Assert.Throws<InvalidOperationException>(() => kept!.Keys);
        Assert.Throws<InvalidOperationException>(() => kept!.Keys);
    }
}
