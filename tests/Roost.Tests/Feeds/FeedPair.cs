using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Testing;

namespace Roost.Tests.Feeds;

/// <summary>A host and a reader with a wire between them that tests can cut and bend.</summary>
internal sealed class FeedPair
{
    private readonly SeededDice _dice;

    public FeedPair(int seed = 7)
    {
        _dice = new SeededDice(seed);
        HostKey = SigningKey.Generate(_dice);
        Host = PeerId.OfKey(HostKey.PublicKey);
        Room = new RoomKeys(RoomSecret.Generate(_dice), HostKey.PublicKey.ToOwnerId());
        Writer = NewWriter(new MemoryFeedLog(), 1000);
        Reader = new FeedReader(Room);
    }

    public SigningKey HostKey { get; }

    public PeerId Host { get; }

    public RoomKeys Room { get; }

    public FeedWriter Writer { get; set; }

    public FeedReader Reader { get; }

    public Instant Now { get; set; } = Instant.FromUnixMilliseconds(1_000_000);

    public List<FeedReaderEffect> Seen { get; } = [];

    public string Text => string.Concat(Seen.OfType<FeedReaderEffect.Entry>().Where(e => e.Kind == EntryKind.Text).Select(e => System.Text.Encoding.UTF8.GetString(e.Body)));

    public FeedWriter NewWriter(IFeedLog log, long epochMs) =>
        new(Room, HostKey, FeedId.NewEpoch(Instant.FromUnixMilliseconds(epochMs), _dice), log);

    public FeedFrame.Live Say(string text) => Writer.Append(EntryKind.Text, System.Text.Encoding.UTF8.GetBytes(text));

    public void Hear(FeedFrame frame, PeerId? from = null)
    {
        Reader.Handle(new FeedReaderInput.Frame(from ?? Host, FeedCodec.Write(frame)), Now);
        Drain();
    }

    public void Meet()
    {
        Reader.Handle(new FeedReaderInput.HostSeen(Host), Now);
        Drain();
    }

    public void Wait(TimeSpan time)
    {
        var until = Now + time;
        while (Reader.NextWake is { } wake && wake.At <= until)
        {
            Now = wake.At > Now ? wake.At : Now;
            Reader.Tick(Now);
            Drain();
            Assert.True(Reader.NextWake is not { } next || next.At > Now, "a core's next wake is never in the past");
        }
        Now = until;
    }

    public List<FeedFrame> Sent { get; } = [];

    public bool HostAnswers { get; set; } = true;

    public void Drain()
    {
        while (Reader.TryTake(out var effect))
        {
            Seen.Add(effect);
            if (effect is not FeedReaderEffect.Send send)
            {
                continue;
            }
            Assert.True(FeedCodec.TryRead(send.Payload, out var frame));
            Sent.Add(frame);
            if (HostAnswers && frame is FeedFrame.Want want)
            {
                foreach (var answer in Writer.Answer(want))
                {
                    Reader.Handle(new FeedReaderInput.Frame(Host, FeedCodec.Write(answer)), Now);
                }
            }
        }
    }
}
