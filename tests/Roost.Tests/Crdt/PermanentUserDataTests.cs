using Roost.Crdt;

namespace Roost.Tests.Crdt;

/// <summary>Who wrote and deleted what; bytes recorded from Yjs 13.6.33 with the same steps.</summary>
public class PermanentUserDataTests
{
    private const string First = "0107010027010575736572730675736572206101270001000369647300270001000264730008000101017d0101010001840104026869030001020501010104010101010401";
    private const string Second = "0108020027010575736572730675736572206201270002000369647300270002000264730008000201017d020401000168810204028402060169030002020501020105020102010502";
    private const string Third = "03020300880103017d0383010705010101050108020027010575736572730675736572206201270002000369647300270002000264730008000201017d0204010001688102040284020601690300020205010201050207010027010575736572730675736572206101270001000369647300270001000264730008000101017d0101010002840105016903000102050101010401020201050201010402";
    private const string Both = "020702002701057573657273026d6501270002000369647300270002000264730008000201017d02010100018402040162030002020501020104010701002101057573657273026d650100030101000184010401620001880203027d017d028302060501020104010202010401010200050601";

    [Fact]
    public void Two_people_are_told_apart_with_the_bytes_of_Yjs()
    {
        var (first, second) = (new YDoc(1), new YDoc(2));
        Name(first, "user a");
        Name(second, "user b");
        first.GetText().Insert(0, "xhi");
        first.GetText().Delete(0, 1);
        second.GetText().Insert(0, "hxxi");
        second.GetText().Delete(1, 2);
        Assert.Equal(First, Bytes.Hex(first.EncodeStateAsUpdate()));
        Assert.Equal(Second, Bytes.Hex(second.EncodeStateAsUpdate()));
        second.ApplyUpdate(first.EncodeStateAsUpdate());
        first.ApplyUpdate(second.EncodeStateAsUpdate());
        var third = new YDoc(3);
        third.ApplyUpdate(first.EncodeStateAsUpdate());
        var people = Name(third, "user a");
        third.GetText().Delete(0, 1);
        Assert.Equal(Third, Bytes.Hex(third.EncodeStateAsUpdate()));
        Assert.Equal(new Dictionary<ulong, string> { [2] = "user b", [1] = "user a", [3] = "user a" }, people.Clients);
    }

    [Fact]
    public void What_Yjs_wrote_is_read()
    {
        var doc = new YDoc(9);
        doc.ApplyUpdate(Bytes.From(Third));
        using var people = new PermanentUserData(doc);
        Assert.Equal("user b", people.GetUserByClientId(2));
        Assert.Equal("user a", people.GetUserByClientId(3));
        Assert.Null(people.GetUserByClientId(4));
        Assert.Equal("user b", people.GetUserByDeletedId(new StructId(2, 6)));
        Assert.Equal("user a", people.GetUserByDeletedId(new StructId(1, 4)));
        Assert.Null(people.GetUserByDeletedId(new StructId(1, 0)));
        Assert.Equal([new ClockRange(5, 2)], people.DeletedBy["user b"].RangesOf(2));
    }

    [Fact]
    public void One_person_at_two_places_at_once_ends_with_one_map()
    {
        YDoc[] docs = [new(1), new(2)];
        var people = docs.Select(doc => Name(doc, "me")).ToList();
        foreach (var doc in docs)
        {
            doc.GetText().Insert(0, "ab");
            doc.GetText().Delete(0, 1);
        }
        var states = docs.Select(doc => doc.EncodeStateAsUpdate()).ToList();
        docs[0].ApplyUpdate(states[1]);
        docs[1].ApplyUpdate(states[0]);
        docs[0].ApplyUpdate(docs[1].EncodeStateAsUpdate());
        docs[1].ApplyUpdate(docs[0].EncodeStateAsUpdate());
        Assert.All(docs, doc => Assert.Equal(Both, Bytes.Hex(doc.EncodeStateAsUpdate())));
        Assert.All(people, person => Assert.Equal([1ul, 2ul], person.Clients.Keys.Order()));
    }

    [Fact]
    public void A_filter_says_which_deletions_are_noted_and_disposing_ends_it()
    {
        var doc = new YDoc(1);
        var people = new PermanentUserData(doc, doc.GetMap("people"));
        people.SetUserMapping(1, "me", (transaction, _) => Equals(transaction.Origin, "keyboard"));
        doc.GetText().Insert(0, "abcd");
        doc.GetText().Delete(0, 1);
        Assert.True(people.DeletedBy["me"].IsEmpty);
        doc.Transact(_ => doc.GetText().Delete(0, 1), "keyboard");
        Assert.Single(people.DeletedBy["me"].Authors);
        people.Dispose();
        doc.Transact(_ => doc.GetText().Insert(0, "e"), "keyboard");
        doc.Transact(_ => doc.GetText().Delete(0, 1), "keyboard");
        Assert.Single(doc.GetMap("people")["me"].As<YMap>()["ds"].As<YArray>());
    }

    [Fact]
    public void What_is_not_of_its_shape_is_passed_over()
    {
        var doc = new YDoc(1);
        var people = new PermanentUserData(doc);
        doc.GetMap("users")["number"] = 5;
        doc.GetMap("users")["empty"] = new YMap();
        doc.GetMap("users")["odd"] = new YMap
        {
            ["ids"] = new YArray(["one", -1, 0.5, 7, 1e300]),
            ["ds"] = new YArray([new byte[] { 1, 2, 3 }, "x", new byte[] { 1, 9, 1, 2, 3 }]),
        };
        Assert.Equal("odd", people.GetUserByDeletedId(new StructId(9, 4)));
        Assert.Equal("odd", people.GetUserByClientId(7));
        doc.GetMap("users").Delete("odd");
        doc.GetMap("users").Clear();
        people.SetUserMapping(1, "me");
        doc.GetMap("users").Delete("me");
        doc.GetText().Insert(0, "a");
        doc.GetText().Delete(0, 1);
        Assert.Throws<ArgumentException>(() => new PermanentUserData(doc, new YDoc(2).GetMap()));
    }

    private static PermanentUserData Name(YDoc doc, string user)
    {
        var people = new PermanentUserData(doc);
        people.SetUserMapping(doc.ClientId, user);
        return people;
    }
}
