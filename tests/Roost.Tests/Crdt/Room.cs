using Roost.Crdt;

namespace Roost.Tests.Crdt;

/// <summary>Some documents that hear of each other's changes when told to; who left hears what it missed on coming back.</summary>
internal sealed class Room
{
    private readonly List<byte[]>[] _inboxes;
    private readonly HashSet<int> _away = [];

    public Room(int users)
    {
        _inboxes = [.. Enumerable.Range(0, users).Select(_ => new List<byte[]>())];
        Docs = [.. Enumerable.Range(0, users).Select(user => new YDoc((ulong)user))];
        for (int user = 0; user < users; user++)
        {
            int from = user;
            Docs[user].Update += (update, transaction) =>
            {
                if (transaction.IsLocal)
                {
                    Say(from, update.ToArray());
                }
            };
        }
    }

    public YDoc[] Docs { get; }

    public YDoc this[int user] => Docs[user];

    public void Leave(int user)
    {
        _away.Add(user);
        _inboxes[user].Clear();
    }

    public void Join(int user)
    {
        if (!_away.Remove(user))
        {
            return;
        }
        for (int other = 0; other < Docs.Length; other++)
        {
            if (other != user && !_away.Contains(other))
            {
                _inboxes[user].Add(Docs[other].EncodeStateAsUpdate(Docs[user].EncodeStateVector()));
                _inboxes[other].Add(Docs[user].EncodeStateAsUpdate(Docs[other].EncodeStateVector()));
            }
        }
    }

    public void Flush()
    {
        while (Array.FindIndex(_inboxes, inbox => inbox.Count > 0) is var user and >= 0)
        {
            byte[] update = _inboxes[user][0];
            _inboxes[user].RemoveAt(0);
            Docs[user].ApplyUpdate(update, "network");
        }
    }

    /// <summary>All come back and hear everything; then all are the same, byte for byte.</summary>
    public void Settle()
    {
        foreach (int user in _away.ToList())
        {
            Join(user);
        }
        Flush();
        foreach (var doc in Docs)
        {
            Assert.False(doc.HasPending);
            Assert.Equal(Bytes.Hex(Docs[0].EncodeStateAsUpdate()), Bytes.Hex(doc.EncodeStateAsUpdate()));
            Assert.Equal(Bytes.Hex(Docs[0].EncodeStateAsUpdateV2()), Bytes.Hex(doc.EncodeStateAsUpdateV2()));
            Assert.True(Snapshot.Of(Docs[0]).SameAs(Snapshot.Of(doc)));
        }
    }

    private void Say(int from, byte[] update)
    {
        for (int other = 0; other < Docs.Length; other++)
        {
            if (other != from && !_away.Contains(other) && !_away.Contains(from))
            {
                _inboxes[other].Add(update);
            }
        }
    }
}
