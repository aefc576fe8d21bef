using Roost.Rtc.Ice;
using Roost.Rtc.Stun;

namespace Roost.Rtc.Tests.Faults;

public sealed class StunFaultTests
{
    [Fact]
    public void Checks_that_are_reflected_to_their_sender_are_not_answered()
    {
        var pair = new SimPair();
        var checks = new List<byte[]>();
        pair.World.Sent = (from, _, bytes) => Keep(checks, from == pair.A, StunType.BindingRequest, bytes);
        pair.Connect();
        Assert.NotEmpty(checks);
        var said = 0;
        pair.World.Sent = (_, _, _) => said++;
        foreach (var check in checks)
        {
            pair.A.Receive(pair.B.Address, check);
        }
        Assert.Equal(0, said);
        pair.Says("still here");
    }

    [Fact]
    public void Answers_that_are_replayed_do_not_keep_consent()
    {
        var pair = new SimPair();
        var answers = new List<byte[]>();
        pair.World.Sent = (from, _, bytes) => Keep(answers, from == pair.B, StunType.BindingSuccess, bytes);
        pair.Connect();
        pair.Run(TimeSpan.FromSeconds(20));
        Assert.True(answers.Count > 3);
        pair.B.IsDown = true;
        for (var second = 0; second < 40; second++)
        {
            pair.Run(TimeSpan.FromSeconds(1));
            foreach (var answer in answers.ToArray())
            {
                pair.A.Receive(pair.B.Address, answer);
            }
        }
        Assert.Equal(IceState.Failed, pair.A.Core.IceState);
    }

    [Fact]
    public void Checks_replayed_from_ten_thousand_addresses_neither_move_the_path_nor_make_it_send_more_than_it_gets()
    {
        var pair = new SimPair();
        var checks = new List<byte[]>();
        pair.World.Sent = (from, _, bytes) => Keep(checks, from == pair.B, StunType.BindingRequest, bytes);
        pair.Connect();
        var path = pair.A.Core.Path;
        int said = 0, saidBytes = 0;
        pair.World.Sent = (from, to, bytes) =>
        {
            var isToStranger = from == pair.A && to != pair.B.Address;
            said += isToStranger ? 1 : 0;
            saidBytes += isToStranger ? bytes.Length : 0;
        };
        const int Replays = 10_000;
        for (var i = 0; i < Replays; i++)
        {
            pair.A.Receive(new TransportAddress(0x02000000u + (uint)i, true, 4000), checks[0]);
        }
        pair.Run(TimeSpan.FromMinutes(1));
        // One answer each, and checks towards as many as may be remembered.
        Assert.InRange(said, 1, Replays + 64 * 8);
        Assert.True(saidBytes < Replays * checks[0].Length + 64 * 8 * 200);
        Assert.Equal(path, pair.A.Core.Path);
        pair.Says("still here");
    }

    private static void Keep(List<byte[]> messages, bool isTheirs, ushort type, byte[] bytes)
    {
        if (isTheirs && StunMessage.LooksLikeStun(bytes) && StunMessage.TryRead(bytes, out var message) && message.Type == type)
        {
            messages.Add(bytes);
        }
    }
}
