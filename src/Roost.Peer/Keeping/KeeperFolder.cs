using System.Text.Json;
using System.Text.Json.Serialization;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Sessions;
using Roost.Peer.Storage;

namespace Roost.Peer.Keeping;

/// <summary>A keeper's store: one folder a room, holding <c>room.json</c> and one sealed log a feed. Used by one driver.</summary>
/// <param name="path">Made when missing, mode 0700.</param>
/// <param name="maxBytes">The most that one log may grow to.</param>
public sealed partial class KeeperFolder(string path, long maxBytes) : IKeeperStore, IDisposable
{
    private const long HeaderAllowance = 4096;

    private readonly Dictionary<FeedId, FileFeedLog> _open = [];

    /// <summary>The rooms of an earlier run; what cannot be read is passed over.</summary>
    public IEnumerable<(KeptRoom Kept, IReadOnlyList<FeedId> Feeds)> Recall()
    {
        if (!Directory.Exists(path))
        {
            yield break;
        }
        foreach (string folder in Directory.EnumerateDirectories(path))
        {
            if (ReadRoom(Path.Combine(folder, "room.json")) is { } kept)
            {
                using var key = new JoinKey(kept.JoinSeed, kept.Owner);
                var feeds = Directory.EnumerateFiles(folder, "*.log").Select(file => ReadFeed(file, key.Room)).OfType<FeedId>().ToList();
                yield return (kept, feeds);
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
            string file = Path.Combine(FolderOf(feed.Room), $"{feed.Author}-{feed.Epoch}.log");
            var log = FileFeedLog.TryOpen(file, feed.Room, feed.Author, maxBytes + HeaderAllowance) ?? FileFeedLog.Create(file, feed.Room, feed.Author, feed.Epoch, maxBytes + HeaderAllowance);
            return _open[feed] = log;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Remember(RoomId room, KeptRoom kept)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new StoredRoom(Convert.ToBase64String(kept.JoinSeed), kept.Owner.ToString(), kept.Seconds, kept.Until.UnixMilliseconds, kept.IsDocument), KeeperJson.Default.StoredRoom);
        try
        {
            SecretFile.Write(Path.Combine(FolderOf(room), "room.json"), json);
        }
        catch (IOException)
        {
            // A full disk: kept while this process runs, forgotten with it.
        }
    }

    /// <inheritdoc/>
    public void Forget(RoomId room)
    {
        foreach (var feed in _open.Keys.Where(f => f.Room == room).ToList())
        {
            _open.Remove(feed, out var log);
            log!.Dispose();
        }
        string folder = Path.Combine(path, room.ToString());
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <inheritdoc/>
    public void Forget(FeedId feed)
    {
        if (_open.Remove(feed, out var log))
        {
            log.Dispose();
        }
        string file = Path.Combine(FolderOf(feed.Room), $"{feed.Author}-{feed.Epoch}.log");
        File.Delete(file);
        File.Delete(file + ".clean");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var log in _open.Values)
        {
            log.Dispose();
        }
    }

    private string FolderOf(RoomId room)
    {
        string folder = Path.Combine(path, room.ToString());
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        return folder;
    }

    private static KeptRoom? ReadRoom(string file)
    {
        try
        {
            var stored = JsonSerializer.Deserialize(File.ReadAllBytes(file), KeeperJson.Default.StoredRoom);
            return stored is not null && Id16.TryParse(stored.Owner, out var owner) && Convert.FromBase64String(stored.JoinSeed) is { Length: Ed25519.SeedSize } seed
                ? new KeptRoom(seed, new OwnerId(owner), stored.Seconds, Instant.FromUnixMilliseconds(stored.UntilMs), stored.IsDocument)
                : null;
        }
        catch (Exception e) when (e is IOException or JsonException or FormatException)
        {
            return null;
        }
    }

    private static FeedId? ReadFeed(string file, RoomId room)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        int dash = name.IndexOf('-', StringComparison.Ordinal);
        var author = new byte[PublicKey.Size];
        return dash == 2 * PublicKey.Size && Roost.Core.Codec.Hex.TryRead(name.AsSpan(0, dash), author) && Id16.TryParse(name[(dash + 1)..], out var epoch)
            ? new FeedId(room, PublicKey.FromBytes(author), epoch)
            : null;
    }

    internal sealed record StoredRoom(string JoinSeed, string Owner, uint Seconds, long UntilMs, bool IsDocument = false);

    [JsonSerializable(typeof(StoredRoom))]
    internal sealed partial class KeeperJson : JsonSerializerContext;
}
