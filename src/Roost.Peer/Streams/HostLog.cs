using Roost.Core.Cores;
using Roost.Core.Feeds;
using Roost.Core.Rooms;
using Roost.Mesh.Sessions;
using Roost.Peer.Storage;

namespace Roost.Peer.Streams;

/// <summary>Opens a host's log: the old one where it is surely whole, else a new epoch that names the old.</summary>
internal static class HostLog
{
    public static (FileFeedLog Log, FeedWriter Writer, PreviousEpoch? Previous) Open(TextStreamHostOptions options, RoomKeys room, Instant now)
    {
        var author = options.Key.PublicKey;
        var epoch = FeedId.NewEpoch(now, SystemDice.Instance);
        if (options.LogPath is not { } path)
        {
            return With(FileFeedLog.CreateTemporary(room.Room, author, epoch, options.MaxLogBytes), null);
        }
        PreviousEpoch? previous = null;
        if (FileFeedLog.TryOpen(path, room.Room, author, options.MaxLogBytes) is { } old)
        {
            var writer = new FeedWriter(room, options.Key, old.Epoch, old);
            if (!old.MayLackEntries && writer.IsGenuine)
            {
                return (old, writer, null);
            }
            previous = new PreviousEpoch(old.Epoch.ToString(), writer.Last, writer.ChainHex);
            writer.Dispose();
            old.Dispose();
        }
        if (File.Exists(path))
        {
            File.Move(path, path + ".old", overwrite: true);
        }
        return With(FileFeedLog.Create(path, room.Room, author, epoch, options.MaxLogBytes), previous);

        (FileFeedLog, FeedWriter, PreviousEpoch?) With(FileFeedLog log, PreviousEpoch? before) => (log, new FeedWriter(room, options.Key, log.Epoch, log), before);
    }
}
