using System.Text;
using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Documents;
using Roost.Peer.Storage;

namespace Roost.Peer.Documents;

/// <summary>A document with a name of its own on this machine: its link, and every writer's feed, sealed, in a file each.</summary>
/// <remarks>Below <c>$XDG_STATE_HOME/roost/docs/NAME</c>, mode 0700. Held by one process at a time.</remarks>
public sealed class DocumentFolder : IFeedStore, IDisposable
{
    private const long MaxFeedBytes = 300L * 1024 * 1024;

    private readonly string _path;
    private readonly FileStream _lock;
    private readonly Dictionary<FeedId, FileFeedLog> _open = [];

    private DocumentFolder(string path, FileStream held, DocumentInvite invite)
    {
        _path = path;
        _lock = held;
        Invite = invite;
    }

    /// <summary>The document's link: where, and with which right.</summary>
    public DocumentInvite Invite { get; private set; }

    /// <summary>The port that this document's own hub had last time; null at first.</summary>
    public int? Port
    {
        get => File.Exists(In("port")) && int.TryParse(File.ReadAllText(In("port")), out int port) && port is > 0 and < 65536 ? port : null;
        set => File.WriteAllText(In("port"), $"{value}");
    }

    /// <summary>Whether a document of that name is known here.</summary>
    public static bool Exists(string name) => RoomFolder.IsName(name) && File.Exists(Path.Combine(Root(name), "link"));

    /// <summary>The link of a document that is known here, without opening it.</summary>
    /// <returns>Null when there is none of that name.</returns>
    public static DocumentInvite? LinkOf(string name) =>
        Exists(name) && DocumentInvite.TryParse(File.ReadAllText(Path.Combine(Root(name), "link")), out var invite, out _) ? invite : null;

    /// <summary>Whether the document's hub is one of its own, that runs while the document is open.</summary>
    public static bool HasOwnHub(string name) => Exists(name) && File.Exists(Path.Combine(Root(name), "port"));

    /// <summary>Names of the documents that are known here.</summary>
    public static IReadOnlyList<string> Names() =>
        [.. Directory.EnumerateDirectories(StateFolder.Of("docs")).Select(p => Path.GetFileName(p)!).Where(Exists).Order(StringComparer.Ordinal)];

    /// <summary>Opens a document's folder.</summary>
    /// <param name="name">Its name here.</param>
    /// <param name="make">What its link is when it is new here; null when it has to be known.</param>
    /// <exception cref="ArgumentException">Not a name.</exception>
    /// <exception cref="DocumentInUseException">Another process has it open.</exception>
    /// <exception cref="DocumentUnknownException">It is not known here, or its link cannot be read.</exception>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    public static DocumentFolder Open(string name, Func<DocumentInvite>? make)
    {
        if (!RoomFolder.IsName(name))
        {
            throw new ArgumentException("ROOST-2501 a document's name has 1 to 64 letters, digits, '.', '-' or '_' and starts with none of '.', '-'; choose another", nameof(name));
        }
        if (make is null && !Exists(name))
        {
            throw new DocumentUnknownException(name);
        }
        return OpenAt(StateFolder.Of("docs", name), name, make);
    }

    /// <summary>Opens a document's folder at a path of the caller's choice; it has to exist.</summary>
    /// <inheritdoc cref="Open(string, Func{DocumentInvite})"/>
    public static DocumentFolder OpenAt(string path, string name, Func<DocumentInvite>? make)
    {
        FileStream held;
        try
        {
            held = new FileStream(Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.GetType() == typeof(IOException) && File.Exists(Path.Combine(path, "lock")))
        {
            throw new DocumentInUseException(name);
        }
        try
        {
            string link = Path.Combine(path, "link");
            if (!File.Exists(link))
            {
                SecretFile.Write(link, Encoding.UTF8.GetBytes((make ?? throw new DocumentUnknownException(name))().ToString()));
            }
            if (!DocumentInvite.TryParse(File.ReadAllText(link), out var invite, out _))
            {
                throw new DocumentUnknownException(name);
            }
            return new DocumentFolder(path, held, invite);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Stores the link anew: another hub, or the right to write.</summary>
    public void Relink(DocumentInvite invite)
    {
        SecretFile.Write(In("link"), Encoding.UTF8.GetBytes(invite.ToString()));
        Invite = invite;
    }

    /// <summary>Feeds of earlier runs.</summary>
    public IEnumerable<FeedId> Recall(RoomId room)
    {
        foreach (string file in Directory.EnumerateFiles(_path, "*.feed").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileNameWithoutExtension(file);
            int dash = name.IndexOf('-', StringComparison.Ordinal);
            var author = new byte[PublicKey.Size];
            if (dash == 32 && Id16.TryParse(name[..dash], out var epoch) && Hex.TryRead(name.AsSpan(dash + 1), author))
            {
                yield return new FeedId(room, PublicKey.FromBytes(author), epoch);
            }
        }
    }

    /// <inheritdoc/>
    public IFeedLog? Open(FeedId feed)
    {
        if (_open.TryGetValue(feed, out var open))
        {
            return open;
        }
        try
        {
            string file = FileOf(feed);
            var log = FileFeedLog.TryOpen(file, feed.Room, feed.Author, MaxFeedBytes) ?? FileFeedLog.Create(file, feed.Room, feed.Author, feed.Epoch, MaxFeedBytes);
            return _open[feed] = log;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Forget(FeedId feed)
    {
        if (_open.Remove(feed, out var log))
        {
            log.Dispose();
        }
        File.Delete(FileOf(feed));
        File.Delete(FileOf(feed) + ".clean");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var log in _open.Values)
        {
            log.Dispose();
        }
        _lock.Dispose();
    }

    private static string Root(string name) => Path.Combine(StateFolder.Of("docs"), name);

    private string FileOf(FeedId feed) => In($"{feed.Epoch}-{feed.Author}.feed");

    private string In(string file) => Path.Combine(_path, file);
}

/// <summary>Another process on this machine has the document open.</summary>
public sealed class DocumentInUseException(string name)
    : IOException($"ROOST-2502 the document '{name}' is open in another process on this machine; close it there first");

/// <summary>No document of that name is known here.</summary>
public sealed class DocumentUnknownException(string name)
    : IOException($"ROOST-2503 there is no document '{name}' here; make it with: roost doc open {name}");
