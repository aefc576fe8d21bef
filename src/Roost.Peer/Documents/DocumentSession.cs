using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Crdt;
using Roost.Mesh.Documents;
using Roost.Mesh.Peers;
using Roost.Mesh.Signaling;
using Roost.Peer.Direct;
using Roost.Peer.Links;
using Roost.Peer.Storage;

namespace Roost.Peer.Documents;

/// <summary>
/// An open document: edit it at once, with or without a hub; what others write arrives by itself (docs/documents.md).
/// </summary>
/// <remarks>Thread-safe: the document is only touched inside <see cref="Use{T}"/>. Events are raised on the session's loop, outside that lock; don't block in them.</remarks>
public sealed partial class DocumentSession : IAsyncDisposable
{
    /// <summary>The root that holds the text.</summary>
    public const string TextName = "text";

    private static readonly object Remote = new();

    // As streams do: docs/decisions 9.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(40);

    private readonly Lock _lock = new();
    private readonly DocumentSessionOptions _options;
    private readonly SigningKey _identity = SigningKey.Generate(SystemDice.Instance);
    private readonly SigningKey? _write;
    private readonly RoomKeys _room;
    private readonly DocumentCore _core;
    private readonly CoreDriver<DocumentInput, DocumentEffect> _driver;
    private readonly HubLink? _link;
    private readonly DirectLinks? _direct;
    private readonly SessionId _session = SessionId.New(SystemDice.Instance);
    private readonly YDoc _doc;
    private readonly YText _text;
    private readonly Awareness _awareness;
    private readonly PresenceTable _presence;
    private readonly UndoManager _undo;
    private readonly List<byte[]> _edits = [];
    private readonly ITimer _gather;
    private readonly ITimer _renew;
    private readonly TaskCompletionSource _recalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _gathering;
    private bool _disposed;

    private DocumentSession(DocumentSessionOptions options)
    {
        _options = options;
        _write = options.Invite.Write?.ToKey();
        _room = new RoomKeys(options.Invite.Secret, options.Invite.Owner);
        var now = InstantClock.System.Now;
        _doc = new YDoc(SystemDice.Instance);
        _text = _doc.GetText(TextName);
        _awareness = new Awareness(_doc.ClientId, now);
        _presence = new PresenceTable(_doc, _awareness);
        _undo = new UndoManager(_text, new UndoManagerOptions { Now = () => InstantClock.System.Now });
        _doc.Update += Collect;
        _awareness.Updated += Announce;
        _awareness.Changed += change => _presenceChanged |= !Equals(change.Origin, "local");
        IFeedStore store = options.Folder is { } folder ? folder : new MemoryFeedStore();
        _core = new DocumentCore(_room, PeerId.OfKey(_identity.PublicKey), _write, store, SystemDice.Instance, options.Limits);
        _driver = new(_core, Perform, InstantClock.System);
        _gather = TimeProvider.System.CreateTimer(_ => Flush(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _renew = TimeProvider.System.CreateTimer(_ => Renew(), null, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3));
        if (options.Hubs.Count > 0)
        {
            _link = new HubLink(new HubLinkOptions { Hubs = options.Hubs, Identity = _identity, Network = options.Network }, SystemDice.Instance, Hear, () => _driver.Post(new DocumentInput.Drained()));
        }
        if (_link is not null)
        {
            // With none allowed it still says so to who asks.
            var direct = new DirectOptions { Self = PeerId.OfKey(_identity.PublicKey), Role = DirectRole.Equals, MaxLinks = options.MaxDirect };
            _direct = new DirectLinks(_room, _identity, _session, direct, frame => _link.Post(new HubLinkInput.Say(frame)), HearDirect);
        }
    }

    /// <summary>Raised for what the user may want to see.</summary>
    public event Action<DocumentEvent>? Happened;

    /// <summary>Whether this session may write: its link carries the write key.</summary>
    public bool CanWrite => _write is not null;

    /// <summary>The document's client id in this session; new every time.</summary>
    public ulong ClientId => _doc.ClientId;

    /// <summary>The room's id, as a private hub must know it.</summary>
    public RoomId Room => _room.Room;

    /// <summary>Frames that were refused since the session began.</summary>
    public int Refused => _core.Refused;

    /// <summary>Feeds that are held.</summary>
    public int Feeds => _core.Feeds;

    /// <summary>Opens a document: what is kept here is read before this returns, the rest comes by itself.</summary>
    /// <param name="options">Which, and how.</param>
    /// <param name="happened">Hears events from the first on; null for none.</param>
    public static async Task<DocumentSession> OpenAsync(DocumentSessionOptions options, Action<DocumentEvent>? happened = null)
    {
        var session = new DocumentSession(options);
        session.Happened += happened;
        await session.StartAsync().ConfigureAwait(false);
        return session;
    }

    /// <summary>The text as it is.</summary>
    public string Text => Use(text => text.ToString());

    /// <summary>The document as a V2 update: for a file, or for any Yjs.</summary>
    public byte[] Export() => Use(_ => _doc.EncodeStateAsUpdateV2());

    /// <summary>Reads, or changes where <see cref="CanWrite"/>; changes made in one call are one step for others.</summary>
    /// <exception cref="InvalidOperationException">The session may only read, and the text was changed.</exception>
    public T Use<T>(Func<YText, T> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        lock (_lock)
        {
            T result = default!;
            _doc.Transact(_ => result = action(_text));
            return result;
        }
    }

    /// <summary>Takes in an update of Yjs, version 1 or 2, as our own change.</summary>
    /// <returns>Null when it was taken, else why not.</returns>
    public string? Import(ReadOnlySpan<byte> update)
    {
        lock (_lock)
        {
            bool v2 = YUpdates.Check(update, v2: true) is null;
            return _doc.TryApplyUpdate(update, out var refusal, v2) ? null : refusal.Message;
        }
    }

    /// <summary>Takes this session's newest change back, whatever others wrote meanwhile.</summary>
    public bool Undo()
    {
        lock (_lock)
        {
            return CanWrite && _undo.Undo() is not null;
        }
    }

    /// <summary>Brings back what was undone.</summary>
    public bool Redo()
    {
        lock (_lock)
        {
            return CanWrite && _undo.Redo() is not null;
        }
    }

    /// <summary>The next change begins a new step for <see cref="Undo"/>.</summary>
    public void StopCapturing()
    {
        lock (_lock)
        {
            _undo.StopCapturing();
        }
    }

    /// <summary>Shows others where our cursor is; null: nowhere.</summary>
    /// <param name="anchor">Where the selection begins.</param>
    /// <param name="head">Where the cursor is.</param>
    public void ShowCursor(int anchor, int head)
    {
        lock (_lock)
        {
            if (_options.UserName is not null)
            {
                _awareness.SetLocalStateField("cursor", new YObject { ["anchor"] = At(anchor), ["head"] = At(head) }, InstantClock.System.Now);
            }
        }
        YValue At(int index) => RelativePosition.FromIndex(_text, Math.Clamp(index, 0, _text.Length), assoc: -1).ToJson();
    }

    /// <summary>All others who show themselves.</summary>
    public IReadOnlyList<RemotePresence> Others()
    {
        lock (_lock)
        {
            return _presence.Others();
        }
    }

    /// <summary>Hands what was written last to the disk and the network, leaves the room, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }
            _awareness.SetLocalState(YValue.Null, InstantClock.System.Now);
            _disposed = true;
        }
        Flush();
        await _gather.DisposeAsync().ConfigureAwait(false);
        await _renew.DisposeAsync().ConfigureAwait(false);
        await _driver.DisposeAsync().ConfigureAwait(false);
        if (_direct is not null)
        {
            await _direct.DisposeAsync().ConfigureAwait(false);
        }
        if (_link is not null)
        {
            _link.Post(new HubLinkInput.Leave(_room.Room));
            await _link.DisposeAsync().ConfigureAwait(false);
        }
        _undo.Dispose();
        _core.Dispose();
        _room.Dispose();
        _identity.Dispose();
        _write?.Dispose();
    }
}
