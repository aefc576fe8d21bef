using System.Text;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Sessions;
using Roost.Mesh.Wire;
using Roost.Testing;

namespace Roost.Tests.Mesh.Sessions;

public class KeeperCoreTests
{
    private readonly SeededDice _dice = new(11);
    private readonly SigningKey _key;
    private readonly RoomKeys _room;
    private readonly FeedWriter _writer;
    private readonly Store _store = new();
    private readonly PeerId _host;
    private readonly PeerId _viewer = PeerId.FromBytes([.. Enumerable.Repeat((byte)3, 20)]);
    private KeeperCore _core;
    private Instant _now = Instant.FromUnixMilliseconds(5_000);
    private readonly List<KeeperEffect> _seen = [];

    public KeeperCoreTests()
    {
        _key = SigningKey.Generate(_dice);
        _host = PeerId.OfKey(_key.PublicKey);
        _room = new RoomKeys(RoomSecret.Generate(_dice), _key.PublicKey.ToOwnerId());
        _writer = new FeedWriter(_room, _key, FeedId.NewEpoch(_now, _dice), new MemoryFeedLog());
        _core = new KeeperCore(new KeeperLimits { MaxRooms = 2, MaxBytesPerRoom = 10_000 }, _store);
    }

    [Fact]
    public void A_viewer_without_a_host_reads_what_was_kept()
    {
        Ask();
        Host("one ");
        Host("two");
        Hear(new DoorFrame.Left(_room.Room, _host, LeftReason.ConnectionLost));
        Assert.Equal("one two", ReadAll());
    }

    [Fact]
    public void Only_the_owner_can_have_a_room_kept()
    {
        using var other = SigningKey.Generate(_dice);
        var seed = _room.Join.ExportSeed();
        Signal(PeerId.OfKey(other.PublicKey), new KeepFrame.Ask(_key.PublicKey, _room.Owner, seed, 60));
        Signal(PeerId.OfKey(other.PublicKey), new KeepFrame.Ask(other.PublicKey, _room.Owner, seed, 60));
        Assert.Equal(0, _core.Rooms);
    }

    [Fact]
    public void What_is_kept_holds_none_of_the_text_and_the_join_seed_opens_nothing()
    {
        Ask();
        Host("CANARY");
        var bytes = _store.Log.Read(0, int.MaxValue / 2).SelectMany(e => e.Sealed.ToArray()).ToArray();
        Assert.DoesNotContain("CANARY", Encoding.Latin1.GetString(bytes));
        using var join = new JoinKey(_room.Join.ExportSeed(), _room.Owner);
        Assert.Equal(_room.Room, join.Room);
    }

    [Fact]
    public void It_is_forgotten_when_its_time_is_over_and_not_before()
    {
        Ask(seconds: 600);
        Host("x");
        Wait(TimeSpan.FromSeconds(590));
        Assert.Equal(1, _core.Rooms);
        Host("still here");
        Wait(TimeSpan.FromSeconds(590));
        Assert.Equal(1, _core.Rooms);
        Wait(TimeSpan.FromSeconds(120));
        Assert.Equal(0, _core.Rooms);
        Assert.Contains(_room.Room, _store.Forgotten);
    }

    [Fact]
    public void Zero_seconds_forget_at_once()
    {
        Ask();
        Ask(seconds: 0);
        Assert.Equal(0, _core.Rooms);
    }

    [Fact]
    public void Too_many_rooms_are_refused_with_a_reason()
    {
        for (int i = 0; i < 3; i++)
        {
            using var key = SigningKey.Generate(_dice);
            using var room = new RoomKeys(RoomSecret.Generate(_dice), key.PublicKey.ToOwnerId());
            Signal(PeerId.OfKey(key.PublicKey), new KeepFrame.Ask(key.PublicKey, room.Owner, room.Join.ExportSeed(), 60));
        }
        Assert.Equal(2, _core.Rooms);
        var answer = Assert.IsType<KeepFrame.Answer>(Answers().Last());
        Assert.Equal(0u, answer.Seconds);
        Assert.Contains("2 sessions", answer.Text);
    }

    [Fact]
    public void A_room_that_grows_too_large_keeps_its_beginning()
    {
        Ask();
        Host(new string('a', 6_000));
        Host(new string('b', 6_000));
        var answer = Assert.IsType<KeepFrame.Answer>(Answers().Last());
        Assert.Equal((_room.Room, 0u), (answer.Room, answer.Seconds));
        Assert.Equal(new string('a', 6_000), ReadAll());
    }

    [Fact]
    public void A_full_disk_is_told_to_the_host()
    {
        Ask();
        Host("fits ");
        _store.Log.IsFull = true;
        Host("does not");
        Host("nor this");
        var told = Answers().OfType<KeepFrame.Answer>().Where(answer => answer.Seconds == 0).ToList();
        Assert.Contains("disk is full", Assert.Single(told).Text);
        Hear(new DoorFrame.Left(_room.Room, _host, LeftReason.ConnectionLost));
        Assert.Equal("fits ", ReadAll());
        Hear(new DoorFrame.Joined(_room.Room, new Member(_host, default, true)));
        Assert.Contains("disk is full", Assert.IsType<KeepFrame.Answer>(Answers().Last()).Text);
    }

    [Fact]
    public void After_a_restart_it_answers_from_its_store_without_the_host()
    {
        Ask();
        Host("kept");
        var kept = _store.Rooms[_room.Room];
        _core = new KeeperCore(new KeeperLimits(), _store);
        _core.Handle(new KeeperInput.Recalled(kept, [_writer.Feed]), _now);
        Drain();
        Assert.Equal("kept", ReadAll());
    }

    [Fact]
    public void Junk_is_no_question()
    {
        Assert.False(KeepFrame.TryRead([], out _));
        var ask = new KeepFrame.Ask(_key.PublicKey, _room.Owner, new byte[32], 1).ToArray();
        for (int length = 0; length < ask.Length; length++)
        {
            Assert.False(KeepFrame.TryRead(ask.AsSpan(0, length), out _));
        }
        Assert.True(KeepFrame.TryRead(ask, out _));
    }

    private void Ask(uint seconds = 3600)
    {
        Signal(_host, new KeepFrame.Ask(_key.PublicKey, _room.Owner, _room.Join.ExportSeed(), seconds));
        Hear(new DoorFrame.Members(_room.Room, false, [new Member(_host, default, true)]));
    }

    private void Host(string text) =>
        Hear(new DoorFrame.Cast(_host, _room.Room, FeedCodec.Write(_writer.Append(EntryKind.Text, Encoding.UTF8.GetBytes(text)))));

    private void Signal(PeerId from, KeepFrame frame) => Hear(new DoorFrame.Signal(from, default, frame.ToArray()));

    private string ReadAll()
    {
        using var reader = new FeedReader(_room);
        var keeper = PeerId.FromBytes(new byte[20]);
        var text = new StringBuilder();
        _seen.Clear();
        reader.Handle(new FeedReaderInput.KeeperSeen(keeper), _now);
        bool more = true;
        while (more)
        {
            more = false;
            while (reader.TryTake(out var effect))
            {
                if (effect is FeedReaderEffect.Send send)
                {
                    Hear(new DoorFrame.Send(_viewer, _room.Room, keeper, send.Payload));
                }
                else if (effect is FeedReaderEffect.Entry { Kind: EntryKind.Text } entry)
                {
                    text.Append(Encoding.UTF8.GetString(entry.Body));
                }
            }
            foreach (var answer in Said().OfType<DoorFrame.Send>().Where(s => s.To == _viewer).ToList())
            {
                more = true;
                reader.Handle(new FeedReaderInput.Frame(keeper, answer.Payload), _now);
            }
            _seen.Clear();
        }
        return text.ToString();
    }

    private IEnumerable<DoorFrame> Said() => _seen.OfType<KeeperEffect.Say>().Select(s => s.Frame);

    private IEnumerable<KeepFrame> Answers() => Said().OfType<DoorFrame.Signal>().Select(s =>
    {
        Assert.True(KeepFrame.TryRead(s.Payload.Span, out var frame));
        return frame;
    });

    private void Hear(DoorFrame frame)
    {
        _core.Handle(new KeeperInput.Heard(frame), _now);
        Drain();
    }

    private void Wait(TimeSpan time)
    {
        var until = _now + time;
        while (_core.NextWake is { } wake && wake.At <= until)
        {
            _now = wake.At > _now ? wake.At : _now;
            _core.Tick(_now);
            Drain();
            Assert.True(_core.NextWake is not { } next || next.At > _now, "a core's next wake is never in the past");
        }
        _now = until;
    }

    /// <summary>Takes effects, and plays the host when it is asked for entries.</summary>
    private void Drain()
    {
        while (_core.TryTake(out var effect))
        {
            _seen.Add(effect);
            if (effect is KeeperEffect.Say { Frame: DoorFrame.Send send } && send.To == _host && FeedCodec.TryRead(send.Payload, out var frame) && frame is FeedFrame.Want want)
            {
                foreach (var answer in _writer.Answer(want).ToList())
                {
                    _core.Handle(new KeeperInput.Heard(new DoorFrame.Send(_host, _room.Room, default, FeedCodec.Write(answer))), _now);
                }
            }
        }
    }

    private sealed class Store : IKeeperStore
    {
        public SmallLog Log { get; } = new();

        public Dictionary<RoomId, KeptRoom> Rooms { get; } = [];

        public List<RoomId> Forgotten { get; } = [];

        public IFeedLog? Open(FeedId feed) => Log;

        public void Remember(RoomId room, KeptRoom kept) => Rooms[room] = kept;

        public void Forget(RoomId room) => Forgotten.Add(room);

        public void Forget(FeedId feed) => throw new InvalidOperationException("only documents forget feeds");
    }

    /// <summary>A log on a disk that fills up.</summary>
    private sealed class SmallLog : IFeedLog
    {
        private readonly MemoryFeedLog _log = new();

        public bool IsFull { get; set; }

        public ulong Last => _log.Last;

        public void Append(in FeedEntry entry, ReadOnlySpan<byte> signature)
        {
            if (IsFull)
            {
                throw new IOException("No space left on device");
            }
            _log.Append(entry, signature);
        }

        public IReadOnlyList<FeedEntry> Read(ulong after, int budget) => _log.Read(after, budget);

        public byte[] SignatureAt(ulong n) => _log.SignatureAt(n);
    }
}
