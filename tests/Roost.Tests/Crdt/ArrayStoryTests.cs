using Roost.Crdt;

namespace Roost.Tests.Crdt;

/// <summary>Lists of several users, in the situations that Yjs's own suite has.</summary>
public class ArrayStoryTests
{
    private readonly Room _room = new(3);

    private YArray Mine => _room[0].GetArray();

    private YArray Theirs => _room[1].GetArray();

    [Fact]
    public void What_one_inserts_another_reads()
    {
        Mine.Insert(0, 1, true, false);
        Assert.Equal("[1,true,false]", Bytes.Json(Mine));
        _room.Flush();
        Assert.Equal("[1,true,false]", Bytes.Json(Theirs));
        _room.Settle();
    }

    [Fact]
    public void Slices_count_from_both_ends()
    {
        Mine.Insert(0, 1, 2, 3);
        Assert.Equal([1, 2, 3], Numbers(Mine.Slice(0)));
        Assert.Equal([2, 3], Numbers(Mine.Slice(1)));
        Assert.Equal([1, 2], Numbers(Mine.Slice(0, -1)));
        Mine.Unshift(0);
        Assert.Equal([0, 1], Numbers(Mine.Slice(0, 2)));
    }

    [Fact]
    public void A_filled_array_keeps_its_content_when_it_is_put_somewhere()
    {
        var nested = new YArray([0, 1, 2]);
        _room[0].GetMap("m")["array"] = nested;
        Assert.Equal([0, 1, 2], Numbers(nested.ToArray()));
    }

    [Fact]
    public void The_count_is_right_after_every_edit_inside_and_outside_a_transaction()
    {
        Mine.Push(0, 1, 2, 3);
        Swap(0);
        _room[0].Transact(_ =>
        {
            Swap(1);
            Swap(2);
        });
        Swap(1);
        Assert.Equal([0, 1, 2, 3], Numbers(Mine));
        _room.Settle();

        void Swap(int at)
        {
            Mine.Delete(at);
            Assert.Equal(3, Mine.Count);
            Assert.Equal(3, Mine.ToArray().Count);
            Mine.Insert(at, at);
            Assert.Equal(4, Mine.Count);
        }
    }

    [Fact]
    public void An_index_behind_the_end_is_refused_within_nested_transactions_and_nothing_is_broken()
    {
        _room[0].Transact(_ => Mine.Insert(0, "group2"));
        _room[0].Transact(_ => Mine.Insert(1, "rectangle3"));
        _room[0].Transact(_ =>
        {
            Mine.Delete(0);
            Mine.Insert(0, "rectangle3");
        });
        Mine.Delete(1);
        _room[0].Transact(_ =>
        {
            _room[0].Transact(_ =>
            {
                Assert.Throws<ArgumentOutOfRangeException>(() => Mine.Insert(2, "x"));
                Mine.Insert(1, "ellipse");
            });
            _room[0].Transact(_ => Mine.Delete(1));
        });
        Assert.Equal("""["rectangle3"]""", Bytes.Json(Mine));
        _room.Settle();
    }

    [Fact]
    public void Deleting_nothing_is_allowed_anywhere_and_something_only_where_it_is()
    {
        Mine.Delete(0, 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => Mine.Delete(1, 1));
        Mine.Insert(0, "A");
        Mine.Delete(1, 0);
        Assert.Single(Mine);
        _room.Settle();
    }

    [Fact]
    public void Three_write_at_one_place()
    {
        for (int user = 0; user < 3; user++)
        {
            _room[user].GetArray().Insert(0, user);
        }
        _room.Settle();
        Assert.Equal([0, 1, 2], Numbers(Mine));
    }

    [Fact]
    public void One_inserts_where_another_deletes()
    {
        Mine.Insert(0, "x", "y", "z");
        _room.Flush();
        Mine.Insert(1, 0);
        Theirs.Delete(0);
        Theirs.Delete(1);
        _room[2].GetArray().Insert(1, 2);
        _room.Settle();
        Assert.Equal("""[0,2,"y"]""", Bytes.Json(Mine));
    }

    [Fact]
    public void Who_was_away_hears_of_it_later_and_not_before()
    {
        Mine.Insert(0, "x", "y");
        _room.Flush();
        _room.Leave(1);
        _room.Leave(2);
        Mine.Insert(1, "user0");
        Theirs.Insert(1, "user1");
        _room[2].GetArray().Insert(1, "user2");
        _room.Flush();
        Assert.Equal("""["x","user0","y"]""", Bytes.Json(Mine));
        Assert.Equal("""["x","user1","y"]""", Bytes.Json(Theirs));
        _room.Settle();
        Assert.Equal("""["x","user0","user1","user2","y"]""", Bytes.Json(Mine));
    }

    [Fact]
    public void Deletions_of_one_who_was_away_meet_those_of_others()
    {
        Mine.Insert(0, "x", "y");
        _room.Flush();
        _room.Leave(1);
        Theirs.Delete(1);
        Mine.Delete(0, 2);
        _room.Settle();
        Assert.Empty(Mine);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void What_was_deleted_while_one_was_away_is_collected_alike(int away)
    {
        Mine.Insert(0, "x", "y", "z");
        _room.Flush();
        _room.Leave(away);
        Mine.Delete(0, 3);
        _room.Settle();
        Assert.Empty(Theirs);
        Assert.Equal(1, _room[2].Size.Structs);
    }

    [Fact]
    public void Each_edit_is_one_event_whose_target_is_the_list_here_and_there()
    {
        var targets = new List<YType>();
        Mine.Observe(happened => targets.Add(happened.Target));
        Theirs.Observe(happened => targets.Add(happened.Target));
        Mine.Insert(0, "hi", new YArray(), new YMap());
        Mine.Delete(1);
        Mine.Delete(0, 2);
        Assert.Equal([Mine, Mine, Mine], targets);
        _room.Flush();
        Assert.Equal([Mine, Mine, Mine, Theirs, Theirs, Theirs], targets);
        _room.Settle();
    }

    [Fact]
    public void An_observer_that_inserts_is_called_again_when_it_is_done()
    {
        var calls = new List<int>();
        Mine.Observe(_ =>
        {
            if (Mine.Count == 1)
            {
                Mine.Insert(1, 1);
                calls.Add(0);
            }
            else
            {
                calls.Add(1);
            }
        });
        Mine.Insert(0, 0);
        Assert.Equal([0, 1], calls);
        Assert.Equal([0, 1], Numbers(Mine));
    }

    [Fact]
    public void Deep_observers_hear_the_nearest_first_with_indexes_as_they_are()
    {
        List<YEvent> events = [];
        List<YValue[]> paths = [];
        Mine.ObserveDeep(happened =>
        {
            events = [.. happened];
            paths = [.. happened.Select(one => one.Path.ToArray())];
        });
        Mine.Insert(0, new YMap());
        _room[0].Transact(_ =>
        {
            Mine[0].As<YMap>()["a"] = "a";
            Mine.Insert(0, 0);
        });
        Assert.Equal([Mine, (YType)Mine[1].As<YMap>()], events.Select(happened => happened.Target));
        Assert.Equal([[], [1]], paths);
        var map = _room[0].GetMap("m");
        map["list"] = new YArray(["a", "b", "c", new YMap()]);
        map.ObserveDeep(happened => paths = [.. happened.Select(one => one.Path.ToArray())]);
        map["list"].As<YArray>()[3].As<YMap>()["hello"] = "world";
        Assert.Equal([["list", 3]], paths);
    }

    [Fact]
    public void A_change_is_told_as_inserts_deletes_and_retains()
    {
        string? delta = null;
        Mine.Observe(happened => delta = string.Join(',', happened.Delta));
        var nested = new YArray();
        Mine.Insert(0, nested, 4, "dtrn");
        Assert.Equal("""{"insert":[[],4,"dtrn"]}""", delta);
        Mine.Delete(0, 2);
        Assert.Equal("""{"delete":2}""", delta);
        Mine.Insert(1, 0.1);
        Assert.Equal("""{"retain":1},{"insert":[0.1]}""", delta);
    }

    [Fact]
    public void A_type_that_is_new_in_a_transaction_tells_nothing_of_its_own()
    {
        bool told = false;
        _room[0].Transact(_ =>
        {
            var map = new YMap();
            map.Observe(_ => told = true);
            Mine.Insert(0, map);
            map["test"] = 42;
        });
        Assert.False(told);
        Mine[0].As<YMap>()["test"] = 43;
        Assert.True(told);
    }

    [Fact]
    public void Types_in_a_list_are_enumerated()
    {
        for (int i = 0; i < 10; i++)
        {
            Mine.Push(new YMap { ["value"] = i });
        }
        Assert.Equal(Enumerable.Range(0, 10), Mine.Select(item => (int)item.As<YMap>()["value"].AsNumber));
        _room[0].Destroy();
    }

    private static IEnumerable<int> Numbers(IEnumerable<YValue> values) => values.Select(value => (int)value.AsNumber);
}
