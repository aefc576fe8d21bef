using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Crdt;

namespace Roost.Peer.Documents;

/// <summary>Another member as it presents itself.</summary>
/// <param name="Client">Its client id in the document.</param>
/// <param name="Name">What it calls itself.</param>
/// <param name="Color">Its colour as it wrote it; not to be trusted to be one.</param>
/// <param name="Anchor">Where its selection begins; -1 when it has none.</param>
/// <param name="Head">Where its cursor is; -1 when it has none.</param>
public sealed record RemotePresence(ulong Client, string Name, string Color, int Anchor, int Head);

/// <summary>Who is here: awareness of y-protocols, each client bound to the peer that named it first. Not thread-safe.</summary>
internal sealed class PresenceTable(YDoc doc, Awareness awareness)
{
    private const int MaxName = 64;

    private readonly Dictionary<ulong, PeerId> _peerOf = [];
    private readonly Dictionary<PeerId, ulong> _clientOf = [];

    /// <summary>Takes what a peer says; only about itself, and under one client id.</summary>
    public bool Take(PeerId from, ReadOnlySpan<byte> update, Instant now)
    {
        if (!TryReadClient(update, out ulong client) || client == awareness.ClientId
            || (_peerOf.TryGetValue(client, out var owner) && owner != from)
            || !awareness.TryApplyUpdate(update, now, out _))
        {
            return false;
        }
        if (_clientOf.TryGetValue(from, out ulong before) && before != client)
        {
            Forget(from, now);
        }
        _peerOf[client] = from;
        _clientOf[from] = client;
        return true;
    }

    /// <summary>A peer is gone.</summary>
    public void Forget(PeerId peer, Instant now)
    {
        if (_clientOf.Remove(peer, out ulong client))
        {
            _peerOf.Remove(client);
            awareness.Remove([client], now);
        }
    }

    /// <summary>Everybody is gone.</summary>
    public void ForgetAll(Instant now)
    {
        foreach (var peer in _clientOf.Keys.ToList())
        {
            Forget(peer, now);
        }
    }

    /// <summary>All others that have a name.</summary>
    public IReadOnlyList<RemotePresence> Others()
    {
        var others = new List<RemotePresence>();
        foreach (var (client, state) in awareness.States)
        {
            if (client == awareness.ClientId || state.Kind != YValueKind.Object || state.AsObject.Get("user") is not { Kind: YValueKind.Object } user)
            {
                continue;
            }
            var (anchor, head) = state.AsObject.Get("cursor") is { Kind: YValueKind.Object } cursor
                ? (Index(cursor.AsObject.Get("anchor")), Index(cursor.AsObject.Get("head")))
                : (-1, -1);
            others.Add(new RemotePresence(client, Text(user.AsObject.Get("name")), Text(user.AsObject.Get("color")), anchor, head));
        }
        return others;
    }

    private int Index(YValue position)
    {
        if (position.Kind != YValueKind.Object)
        {
            return -1;
        }
        try
        {
            return RelativePosition.FromJson(position.AsObject).TryResolve(doc, out var type, out int index) && ReferenceEquals(type, doc.GetText(DocumentSession.TextName)) ? index : -1;
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentException)
        {
            return -1; // Not a position: shown without a cursor.
        }
    }

    private static string Text(YValue value)
    {
        string text = value.Kind == YValueKind.String ? value.AsString : "";
        text = new string([.. text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c))]);
        return text.Length <= MaxName ? text : text[..MaxName];
    }

    /// <summary>The one client that an awareness update is about.</summary>
    private static bool TryReadClient(ReadOnlySpan<byte> update, out ulong client)
    {
        client = 0;
        if (update.Length < 2 || update[0] != 1)
        {
            return false;
        }
        for (int i = 1, shift = 0; i < update.Length && shift < 56; i++, shift += 7)
        {
            client |= (ulong)(update[i] & 0x7F) << shift;
            if (update[i] < 0x80)
            {
                return true;
            }
        }
        return false;
    }
}
