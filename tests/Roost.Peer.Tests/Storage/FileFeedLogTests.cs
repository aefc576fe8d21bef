using System.Text;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Peer.Storage;
using Roost.Testing;

namespace Roost.Peer.Tests.Storage;

public sealed class FileFeedLogTests : IDisposable
{
    private const long Plenty = 1 << 30;

    private readonly TemporaryFolder _folder = new();
    private readonly SigningKey _key = SigningKey.FromSeed(new byte[32]);
    private readonly RoomKeys _room;

    public FileFeedLogTests() => _room = new RoomKeys(RoomSecret.FromBytes(new byte[16]), _key.PublicKey.ToOwnerId());

    public void Dispose()
    {
        _room.Dispose();
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_log_reads_back_what_was_written()
    {
        using var log = Create(Plenty);
        Fill(log, 500);
        Assert.Equal(500UL, log.Last);
        var all = log.Read(0, int.MaxValue / 2);
        Assert.Equal(Enumerable.Range(1, 500).Select(n => (ulong)n), all.Select(e => e.N));
        Assert.Equal(64, log.SignatureAt(500).Length);
        Assert.Single(log.Read(499, 1));
        Assert.Empty(log.Read(500, 1000));
        Assert.Empty(log.Read(ulong.MaxValue, 1000));
        Assert.Equal(log.Read(100, 200).Select(e => e.N), [101UL, 102, 103, 104, 105, 106, 107, 108, 109]);
    }

    [Fact]
    public void A_killed_process_goes_on_in_the_same_epoch()
    {
        var log = Create(Plenty);
        Fill(log, 10);
        var copy = CopyAsIfKilled();
        log.Dispose();
        using var again = FileFeedLog.TryOpen(copy, _room.Room, _key.PublicKey, Plenty);
        Assert.NotNull(again);
        Assert.Equal(10UL, again.Last);
        Assert.Equal(log.Epoch, again.Epoch);
    }

    [Fact]
    public void A_last_entry_that_was_cut_off_is_dropped()
    {
        var log = Create(Plenty);
        Fill(log, 10);
        var copy = CopyAsIfKilled();
        log.Dispose();
        using (var file = File.Open(copy, FileMode.Open))
        {
            file.SetLength(file.Length - 3);
        }
        using var again = FileFeedLog.TryOpen(copy, _room.Room, _key.PublicKey, Plenty);
        Assert.Equal(9UL, again?.Last);
    }

    [Fact]
    public void After_a_power_cut_the_epoch_is_not_continued()
    {
        var log = Create(Plenty);
        Fill(log, 10);
        var copy = CopyAsIfKilled();
        log.Dispose();
        StampAnotherBoot(copy);
        using (var again = FileFeedLog.TryOpen(copy, _room.Room, _key.PublicKey, Plenty))
        {
            Assert.True(again?.MayLackEntries);
        }
        using var still = FileFeedLog.TryOpen(copy, _room.Room, _key.PublicKey, Plenty);
        Assert.True(still?.MayLackEntries, "looking at it does not make it whole");
    }

    [Fact]
    public void A_log_closed_in_order_is_continued_after_a_reboot_and_only_once()
    {
        var log = Create(Plenty);
        Fill(log, 10);
        log.Dispose();
        StampAnotherBoot(_folder.In("log"));
        using (var again = FileFeedLog.TryOpen(_folder.In("log"), _room.Room, _key.PublicKey, Plenty))
        {
            Assert.Equal(10UL, again?.Last);
            Assert.False(again?.MayLackEntries);
            Assert.False(File.Exists(_folder.In("log.clean")), "the mark holds for one start only");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(-1)]
    public void Another_rooms_or_a_damaged_log_is_not_continued(int at)
    {
        var log = Create(Plenty);
        Fill(log, 3);
        var copy = CopyAsIfKilled();
        log.Dispose();
        var bytes = File.ReadAllBytes(copy);
        bytes[at < 0 ? bytes.Length + at : at] ^= 0xFF;
        File.WriteAllBytes(copy, bytes);
        using var again = FileFeedLog.TryOpen(copy, _room.Room, _key.PublicKey, Plenty);
        Assert.True(again is null || !new FeedWriter(_room, _key, again.Epoch, again).IsGenuine);
        Assert.Null(FileFeedLog.TryOpen(copy, new RoomId(new Id16(1, 1)), _key.PublicKey, Plenty));
    }

    [Fact]
    public void A_full_log_says_so_and_keeps_what_it_has()
    {
        using var log = Create(1000);
        var full = Assert.Throws<FeedLogFullException>(() => Fill(log, 500));
        Assert.Contains("ROOST-2401", full.Message);
        Assert.True(log.Last is > 2 and < 20);
        Assert.Equal((int)log.Last, log.Read(0, 100_000).Count);
    }

    [Fact]
    public void A_temporary_log_leaves_nothing()
    {
        var epoch = FeedId.NewEpoch(Instant.Epoch, new SeededDice(5));
        using (var log = FileFeedLog.CreateTemporary(_room.Room, _key.PublicKey, epoch, Plenty))
        {
            Fill(log, 5);
            Assert.Equal(5, log.Read(0, 100_000).Count);
            if (!OperatingSystem.IsWindows())
            {
                // Already now: a process that is killed deletes nothing.
                Assert.Empty(Directory.GetFiles(Path.GetTempPath(), $"roost-*-{epoch}.log"));
            }
        }
        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), $"roost-*-{epoch}.log"));
    }

    [Fact]
    public void What_is_on_disk_holds_none_of_the_text()
    {
        using (var log = Create(Plenty))
        {
            using var writer = new FeedWriter(_room, _key, log.Epoch, log);
            writer.Append(EntryKind.Text, "CANARY-word"u8);
        }
        Assert.DoesNotContain("CANARY", Encoding.Latin1.GetString(File.ReadAllBytes(_folder.In("log"))));
    }

    private FileFeedLog Create(long maxBytes) =>
        FileFeedLog.Create(_folder.In("log"), _room.Room, _key.PublicKey, FeedId.NewEpoch(Instant.Epoch, new SeededDice(4)), maxBytes);

    private void Fill(FileFeedLog log, int count)
    {
        using var writer = new FeedWriter(_room, _key, log.Epoch, log);
        for (int i = 0; i < count; i++)
        {
            writer.Append(EntryKind.Text, "entry"u8);
        }
    }

    private string CopyAsIfKilled()
    {
        string copy = _folder.In("copy");
        File.Copy(_folder.In("log"), copy);
        return copy;
    }

    private static void StampAnotherBoot(string path)
    {
        using var file = File.Open(path, FileMode.Open);
        file.Position = 10 + 64;
        file.Write([.. Enumerable.Repeat((byte)0xEE, 16)]);
    }
}
