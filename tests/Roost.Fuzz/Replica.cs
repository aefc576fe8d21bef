using Roost.Core.Cores;
using Roost.Crdt;

namespace Roost.Fuzz;

/// <summary>One document of a session and what is on its way to it.</summary>
internal sealed partial class Replica
{
    private readonly Log _log;
    private byte[] _sent = [];

    public Replica(Session session, int index, ulong clientId, bool gc)
    {
        _log = session.Log;
        Index = index;
        Doc = new YDoc(clientId, new YDocOptions { Gc = gc, Guid = "doc" + index });
        Doc.Update += (update, _) =>
        {
            _sent = update.ToArray();
            _log.Bytes(update);
        };
        Doc.UpdateV2 += (update, _) =>
        {
            _log.Bytes(update);
            session.Spread(this, _sent, update.ToArray());
        };
        Text = Doc.GetText("t");
        Array = Doc.GetArray("a");
        Map = Doc.GetMap("m");
        Xml = Doc.GetXmlFragment("x");
        if (session.Mode.HasFlag(Mode.Undo))
        {
            var timeout = session.Dice.Chance(50) ? TimeSpan.Zero : TimeSpan.FromDays(10);
            var ignore = session.Dice.Chance(20);
            Undo = new UndoManager(Text, new UndoManagerOptions { CaptureTimeout = timeout, IgnoreRemoteMapChanges = ignore, Now = () => Instant.Epoch });
            Undo.AddToScope(Array);
            Undo.AddToScope(Map);
            Undo.AddToScope(Xml);
        }

        if (session.Mode.HasFlag(Mode.Observe))
        {
            Observe();
        }

        if (session.Mode.HasFlag(Mode.Events))
        {
            Listen(session.Dice);
        }

        if (session.Mode.HasFlag(Mode.Users))
        {
            Users = new PermanentUserData(Doc);
            Users.SetUserMapping(clientId, session.Dice.Chance(50) ? "one" : "user" + index);
        }
    }

    public int Index { get; }

    public YDoc Doc { get; }

    public YText Text { get; }

    public YArray Array { get; }

    public YMap Map { get; }

    public YXmlFragment Xml { get; }

    public UndoManager? Undo { get; }

    public PermanentUserData? Users { get; }

    public List<(byte[] V1, byte[] V2)> Inbox { get; } = [];

    public List<Snapshot> Snapshots { get; } = [];

    public List<RelativePosition> Positions { get; } = [];

    public void State()
    {
        _log.Bytes(Doc.EncodeStateAsUpdate());
        _log.Bytes(Doc.EncodeStateAsUpdateV2());
        _log.Bytes(Doc.EncodeStateVector());
        _log.Text(Text.ToString());
        _log.Text(Json.Of(Text.ToDelta()));
        _log.Text(Json.Of((YType)Array));
        _log.Text(Json.Of(Map));
        _log.Text(Xml.ToString());
        if (Users is not null)
        {
            _log.Text(Json.Of(Users.Clients.OrderBy(entry => entry.Key).Select(entry => (YValue)(YValue[])[entry.Key, entry.Value])));
            _log.Text(Json.Of(Users.DeletedBy.Select(entry => (YValue)(YValue[])[entry.Key, Ranges(entry.Value)])));
        }
    }

    private void Observe()
    {
        foreach (YType type in new YType[] { Text, Array, Map, Xml })
        {
            type.Observe(See);
        }

        foreach (YType type in new YType[] { Array, Map, Xml })
        {
            type.ObserveDeep(events => _log.Text("[" + string.Join(',', events.Select(happened => Json.Of(happened.Path))) + "]"));
        }

        void See(YEvent happened)
        {
            _log.Text(Json.Of(happened.Delta));
            var keys = happened.Keys.Select(entry => $"[{YValue.From(entry.Key).ToJson()},\"{entry.Value.Action.ToString().ToLowerInvariant()}\"]");
            _log.Text("[" + string.Join(',', keys) + "]");
        }
    }
}

internal static class Json
{
    public static string Of(YType type) => YValue.From(type).ToJson();

    public static string Of(IEnumerable<YValue> values) => YValue.From(values.ToArray()).ToJson();

    public static string Of(IReadOnlyList<DeltaOp> delta) => "[" + string.Join(',', delta) + "]";
}
