using System.Text;
using Roost.Core.Cores;
using Roost.Core.Feeds;
using Roost.Testing;

namespace Roost.Tests.Feeds;

public class TextCoalescerTests
{
    private readonly TextCoalescer _core = new();
    private readonly List<byte[]> _out = [];
    private Instant _now = Instant.FromUnixMilliseconds(1_000);

    [Fact]
    public void The_first_word_goes_at_once_and_the_next_ones_together()
    {
        Write("a"u8.ToArray());
        Assert.Single(_out);
        Write("b"u8.ToArray());
        Write("c"u8.ToArray());
        Assert.Single(_out);
        Wait(40);
        Assert.Equal(["a", "bc"], Texts());
    }

    [Fact]
    public void Two_hundred_tokens_a_second_make_twenty_five_entries()
    {
        for (int i = 0; i < 200; i++)
        {
            Write("tok "u8.ToArray());
            Wait(5);
        }
        Assert.InRange(_out.Count, 24, 27);
    }

    [Fact]
    public void A_character_is_not_cut_though_the_input_cuts_it()
    {
        var bytes = Encoding.UTF8.GetBytes("Grüße 🐦");
        foreach (byte b in bytes)
        {
            Write([b]);
            Wait(45);
        }
        Assert.All(Texts(), t => Assert.DoesNotContain('\uFFFD', t));
        Assert.Equal(bytes, _out.SelectMany(o => o));
    }

    [Fact]
    public void Half_a_character_that_never_ends_comes_after_a_second()
    {
        Write([0xC3]);
        Wait(900);
        Assert.Empty(_out);
        Wait(200);
        Assert.Equal([0xC3], Assert.Single(_out));
        Assert.Null(_core.NextWake);
    }

    [Fact]
    public void Any_bytes_come_out_as_they_went_in()
    {
        var dice = new SeededDice(3);
        var all = new List<byte>();
        for (int i = 0; i < 300; i++)
        {
            var chunk = new byte[dice.Next(3) == 0 ? dice.Next(150_000) : dice.Next(20)];
            dice.Fill(chunk);
            all.AddRange(chunk);
            Write(chunk);
            Wait(dice.Next(40));
        }
        _core.End(_now);
        Drain();
        Assert.All(_out, o => Assert.InRange(o.Length, 1, FeedEntry.MaxBody));
        Assert.True(all.ToArray().AsSpan().SequenceEqual(_out.SelectMany(o => o).ToArray()));
    }

    private IEnumerable<string> Texts() => _out.Select(Encoding.UTF8.GetString);

    private void Write(byte[] bytes)
    {
        _core.Handle(bytes, _now);
        Drain();
    }

    private void Wait(int milliseconds)
    {
        var until = _now + TimeSpan.FromMilliseconds(milliseconds);
        while (_core.NextWake is { } wake && wake.At <= until)
        {
            _now = wake.At;
            _core.Tick(_now);
            Drain();
            Assert.True(_core.NextWake is not { } next || next.At > _now);
        }
        _now = until;
    }

    private void Drain()
    {
        while (_core.TryTake(out var body))
        {
            _out.Add(body);
        }
    }
}
