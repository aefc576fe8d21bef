using System.Buffers.Binary;
using System.Security.Cryptography;
using Roost.Core.Cores;
using Roost.Rtc.Dtls;
using Roost.Rtc.Net.OpenSsl;

namespace Roost.Rtc.Tests;

/// <summary>Records of our own framing against libssl's, in both roles.</summary>
public sealed class RecordTests
{
    /// <summary>Header, explicit nonce, tag.</summary>
    private const int Overhead = 13 + 8 + 16;

    [Theory]
    [InlineData(DtlsPair.Aes128, true)]
    [InlineData(DtlsPair.Aes128, false)]
    [InlineData(DtlsPair.Aes256, true)]
    [InlineData(DtlsPair.Aes256, false)]
    public void What_libssl_seals_opens_here_and_the_reverse(string suite, bool oursIsClient)
    {
        using var pair = new DtlsPair(suite);
        var (ours, theirs) = oursIsClient ? (pair.Client, pair.Server) : (pair.Server, pair.Client);
        theirs.StayWithLibssl();
        pair.ConnectAndSpeak();
        Assert.True(ours.HasOwnRecords);
        Assert.False(theirs.HasOwnRecords);
        foreach (var length in new[] { 1, 2, 15, 16, 17, 255, 256, 1160, 1420, 4000 })
        {
            var message = RandomNumberGenerator.GetBytes(length);
            Assert.Equal([message], pair.Tell(ours, theirs, message));
            Assert.Equal([message], pair.Tell(theirs, ours, message));
        }
    }

    [Theory]
    [InlineData(DtlsPair.Aes128)]
    [InlineData(DtlsPair.Aes256)]
    public void Ours_opens_what_ours_sealed_up_to_the_largest_record(string suite)
    {
        using var pair = new DtlsPair(suite);
        pair.ConnectAndSpeak();
        Assert.True(pair.Client.HasOwnRecords && pair.Server.HasOwnRecords);
        var message = RandomNumberGenerator.GetBytes(16_384);
        Assert.Equal([message], pair.Tell(pair.Client, pair.Server, message));
        Assert.Equal(0, pair.Client.Protect(new byte[16_385], new byte[20_000]));
        Assert.Equal(0, pair.Client.Protect(new byte[100], new byte[100 + Overhead - 1]));
    }

    [Fact]
    public void Another_suite_stays_with_libssl()
    {
        using var pair = new DtlsPair(DtlsPair.ChaCha);
        pair.ConnectAndSpeak();
        Assert.False(pair.Client.HasOwnRecords || pair.Server.HasOwnRecords);
        var message = RandomNumberGenerator.GetBytes(1200);
        Assert.Equal([message], pair.Tell(pair.Client, pair.Server, message));
    }

    [Fact]
    public void The_pseudorandom_function_gives_the_known_answer()
    {
        // A vector for TLS 1.2 with SHA-256 that went round the IETF's TLS working group.
        var output = new byte[100];
        GcmKeys.Expand(HashAlgorithmName.SHA256, Convert.FromHexString("9BBE436BA940F017B17652849A71DB35"), "test label"u8,
            Convert.FromHexString("A0BA9F936CDA311827A6F796FFD5198C"), output);
        Assert.Equal(
            "E3F229BA727BE17B8D122620557CD453C2AAB21D07C3D495329B52D4E61EDB5A6B301791E90D35C9C9A46B4E14BAF9AF0FA022F7077DEF17ABFD3797C0564BAB"
            + "4FBC91666E9DEF9B97FCE34F796789BAA48082D122EE42C5A72E5A5110FFF70187347B66", Convert.ToHexString(output));
    }

    [Fact]
    public void No_sequence_number_and_no_nonce_is_used_twice()
    {
        using var pair = new DtlsPair();
        pair.ConnectAndSpeak();
        for (var i = 0; i < 500; i++)
        {
            Assert.Single(pair.Tell(pair.Client, pair.Server, [3]));
            Assert.Single(pair.Tell(pair.Server, pair.Client, [4]));
        }
        pair.Client.Close();
        pair.Carry(pair.Client, pair.Server);
        foreach (var side in new[] { pair.Client, pair.Server })
        {
            var records = pair.Wire.Where(sent => sent.From == side).SelectMany(sent => Split(sent.Bytes)).Where(record => record[4] == 1).ToList();
            Assert.True(records.Count > 500);
            var sequences = records.Select(record => BinaryPrimitives.ReadUInt64BigEndian(record.AsSpan(3))).ToList();
            Assert.Equal(sequences.Order(), sequences);
            Assert.Equal(records.Count, sequences.Distinct().Count());
            Assert.Equal(records.Count, records.Select(record => BinaryPrimitives.ReadUInt64BigEndian(record.AsSpan(13))).Distinct().Count());
        }
    }

    [Fact]
    public void A_record_counts_once_and_old_ones_not_at_all()
    {
        using var pair = new DtlsPair();
        pair.Connect();
        var first = pair.Seal(pair.Client, [1]); // sealed and opened by libssl: after the change it is old as well
        Assert.Single(pair.Hear(pair.Server, first));
        Assert.True(pair.Server.HasOwnRecords);
        Assert.Empty(pair.Hear(pair.Server, first));
        var records = Enumerable.Range(0, 200).Select(i => pair.Seal(pair.Client, [(byte)i])).ToList();
        Assert.Equal([[10]], pair.Hear(pair.Server, records[10]));
        Assert.Equal([[5]], pair.Hear(pair.Server, records[5]));
        Assert.Empty(pair.Hear(pair.Server, records[5]));
        Assert.Empty(pair.Hear(pair.Server, records[10]));
        Assert.Equal([[199]], pair.Hear(pair.Server, records[199]));
        Assert.Equal([[136]], pair.Hear(pair.Server, records[136])); // 63 back: the last one of the window
        Assert.Empty(pair.Hear(pair.Server, records[135]));
        Assert.Empty(pair.Hear(pair.Server, records[11]));
        Assert.Equal([[198]], pair.Hear(pair.Server, records[198]));
    }

    [Fact]
    public void A_changed_byte_anywhere_makes_a_record_nothing_and_moves_no_window()
    {
        using var pair = new DtlsPair();
        pair.ConnectAndSpeak();
        var record = pair.Seal(pair.Client, [1, 2, 3, 4, 5]);
        for (var at = 0; at < record.Length; at++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var changed = record.ToArray();
                changed[at] ^= (byte)(1 << bit);
                Assert.Empty(pair.Hear(pair.Server, changed));
            }
        }
        for (var length = 0; length < record.Length; length++)
        {
            Assert.Empty(pair.Hear(pair.Server, record.AsSpan(0, length)));
        }
        Assert.Equal(DtlsState.Connected, pair.Server.State);
        Assert.Equal([[1, 2, 3, 4, 5]], pair.Hear(pair.Server, record));
    }

    [Fact]
    public void Rubbish_between_genuine_records_is_passed_over()
    {
        using var pair = new DtlsPair();
        pair.ConnectAndSpeak();
        var one = pair.Seal(pair.Client, [1]);
        var two = pair.Seal(pair.Client, [2]);
        byte[] handshake = [22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 9, 0, 12, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal([[1], [2]], pair.Hear(pair.Server, [.. one, .. handshake, .. two]));
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var rubbish = new byte[random.Next(200)];
            random.NextBytes(rubbish);
            if (rubbish.Length > 12 && i % 2 == 0)
            {
                // A header that looks right gets further.
                new byte[] { (byte)random.Next(20, 26), 0xFE, 0xFD, 0, 1 }.CopyTo(rubbish, 0);
                BinaryPrimitives.WriteUInt16BigEndian(rubbish.AsSpan(11), (ushort)(rubbish.Length - 13));
            }
            Assert.Empty(pair.Hear(pair.Server, rubbish));
        }
        Assert.Equal([[3]], pair.Tell(pair.Client, pair.Server, [3]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Close_notify_is_understood_on_both_sides_of_the_change(bool libsslCloses)
    {
        using var pair = new DtlsPair();
        pair.Server.StayWithLibssl();
        pair.ConnectAndSpeak();
        var (closing, other) = libsslCloses ? (pair.Server, pair.Client) : (pair.Client, pair.Server);
        closing.Close();
        pair.Carry(closing, other);
        Assert.Equal((DtlsState.Closed, DtlsState.Closed), (closing.State, other.State));
        Assert.Equal(0, closing.Protect([1], new byte[100]));
    }

    [Fact]
    public async Task A_last_flight_that_was_lost_is_still_repeated()
    {
        using var pair = new DtlsPair();
        pair.Start();
        pair.Carry(pair.Client, pair.Server);
        while (pair.Server.State != DtlsState.Connected)
        {
            pair.Carry(pair.Server, pair.Client);
            pair.Carry(pair.Client, pair.Server);
        }
        Assert.NotEqual(0, pair.Carry(pair.Server, pair.Client, isLost: true));
        // The server already speaks; the client cannot have heard it.
        pair.Hear(pair.Client, pair.Seal(pair.Server, [9]));
        Assert.Equal((DtlsState.Connecting, false), (pair.Client.State, pair.Server.HasOwnRecords));
        var patience = DateTime.UtcNow + Pair.Patience;
        while (pair.Client.State != DtlsState.Connected && DateTime.UtcNow < patience)
        {
            await Task.Delay(10); // libssl looks at the real clock
            pair.Client.Tick(new Instant(0));
            pair.Carry(pair.Client, pair.Server);
            while (pair.Server.TryTakeDatagram(out var datagram))
            {
                pair.Hear(pair.Client, datagram.Span);
            }
        }
        Assert.Equal(DtlsState.Connected, pair.Client.State);
        Assert.Equal([[1]], pair.Tell(pair.Client, pair.Server, [1]));
        Assert.Equal([[2]], pair.Tell(pair.Server, pair.Client, [2]));
        Assert.True(pair.Client.HasOwnRecords && pair.Server.HasOwnRecords);
    }

    [Fact]
    public void A_record_allocates_nothing()
    {
        using var pair = new DtlsPair();
        pair.ConnectAndSpeak();
        byte[] message = new byte[1200], record = new byte[1300], plaintext = new byte[1300];
        var now = new Instant(0);
        void Pass(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var length = pair.Client.Protect(message, record);
                pair.Server.Receive(record.AsSpan(0, length), now);
                Assert.True(pair.Server.TryRead(plaintext, out var read) && read == message.Length);
            }
        }
        Pass(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Pass(5000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4999);
    }

    [Fact]
    public void The_replay_window_agrees_with_a_list()
    {
        var random = new Random(2);
        var window = new ReplayWindow(100);
        var taken = new HashSet<ulong>();
        ulong highest = 100;
        for (var i = 0; i < 20_000; i++)
        {
            var sequence = random.Next(50) == 0 ? highest + (ulong)random.Next(500) : highest + (ulong)random.Next(80) - 75;
            var isNew = sequence > 100 && !taken.Contains(sequence) && sequence + 64 > highest;
            Assert.Equal(isNew, window.IsNew(sequence));
            if (isNew && random.Next(3) > 0)
            {
                window.Note(sequence);
                taken.Add(sequence);
                highest = Math.Max(highest, sequence);
            }
        }
    }

    private static IEnumerable<byte[]> Split(byte[] datagram)
    {
        for (var at = 0; at < datagram.Length;)
        {
            var length = 13 + BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(at + 11));
            yield return datagram[at..(at + length)];
            at += length;
        }
    }
}
