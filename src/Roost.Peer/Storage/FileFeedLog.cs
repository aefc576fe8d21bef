using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Identity;

namespace Roost.Peer.Storage;

/// <summary>
/// A feed's log in one file: sealed entries, appended before they are sent. Memory holds 8 bytes an entry.
/// </summary>
/// <remarks>
/// <para>File: "roostlog1\n" ‖ room16 ‖ author32 ‖ epoch16 ‖ boot16, then per entry: length u32 ‖ kind u8 ‖ sig64 ‖ sealed.</para>
/// <para>What a killed process wrote is safe in the kernel; what a power cut left may not be. So the file names the boot it was written in, and a
/// log of an earlier boot may be continued only when it was closed in order (docs/protocol/feeds.md: a nonce is never used twice).</para>
/// <para>One writer; not thread-safe.</para>
/// </remarks>
public sealed class FileFeedLog : IFeedLog, IDisposable
{
    private const int EntryHead = 4 + 1 + Ed25519.SignatureSize;
    private static readonly byte[] Magic = "roostlog1\n"u8.ToArray();
    private static readonly int HeaderSize = Magic.Length + 16 + 32 + 16 + 16;

    private readonly SafeFileHandle _file;
    private readonly List<long> _offsets = [];
    private readonly string? _cleanMark;
    private readonly long _maxBytes;
    private long _length;

    private FileFeedLog(SafeFileHandle file, string? cleanMark, long maxBytes)
    {
        _file = file;
        _cleanMark = cleanMark;
        _maxBytes = maxBytes;
    }

    /// <summary>The epoch that the log belongs to.</summary>
    public Id16 Epoch { get; private set; }

    /// <summary>Whether entries that were sent may be missing, since the machine went down before they reached the disk: then the epoch must not be continued.</summary>
    public bool MayLackEntries { get; private set; }

    /// <inheritdoc/>
    public ulong Last => (ulong)_offsets.Count;

    /// <summary>A log for this process only: its file vanishes with the process, however that ends.</summary>
    /// <param name="room">The room.</param>
    /// <param name="author">The author.</param>
    /// <param name="epoch">A new epoch.</param>
    /// <param name="maxBytes">The most the file may grow to; then <see cref="Append"/> throws <see cref="FeedLogFullException"/>.</param>
    public static FileFeedLog CreateTemporary(RoomId room, PublicKey author, Id16 epoch, long maxBytes)
    {
        string path = Path.Combine(Path.GetTempPath(), $"roost-{Environment.ProcessId}-{epoch}.log");
        // Where files can go before they are closed, it has no name from the start: a killed process leaves nothing.
        bool isNamed = OperatingSystem.IsWindows();
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, isNamed ? FileOptions.DeleteOnClose : FileOptions.None);
        if (!isNamed)
        {
            File.Delete(path);
        }
        var log = new FileFeedLog(file, null, maxBytes);
        log.WriteHeader(room, author, epoch);
        return log;
    }

    /// <summary>Creates a log at <paramref name="path"/>, in place of what is there.</summary>
    public static FileFeedLog Create(string path, RoomId room, PublicKey author, Id16 epoch, long maxBytes)
    {
        File.Delete(path + ".clean");
        var log = new FileFeedLog(Open(path, FileMode.Create), path + ".clean", maxBytes);
        log.WriteHeader(room, author, epoch);
        return log;
    }

    /// <summary>Opens the log at <paramref name="path"/>; look at <see cref="MayLackEntries"/> before going on with it.</summary>
    /// <returns>Null when there is none, it belongs to another room or author, or it is no log.</returns>
    public static FileFeedLog? TryOpen(string path, RoomId room, PublicKey author, long maxBytes)
    {
        if (!File.Exists(path))
        {
            return null;
        }
        var log = new FileFeedLog(Open(path, FileMode.Open), path + ".clean", maxBytes);
        if (log.ReadHeader(room, author, out bool sameBoot) && log.ReadIndex())
        {
            log.MayLackEntries = !sameBoot && !log.WasClosedInOrder();
            File.Delete(path + ".clean");
            RandomAccess.SetLength(log._file, log._length);
            if (!log.MayLackEntries)
            {
                log.StampBoot();
            }
            return log;
        }
        log._file.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Append(in FeedEntry entry, ReadOnlySpan<byte> signature)
    {
        var record = new byte[EntryHead + entry.Sealed.Length];
        if (_length + record.Length > _maxBytes)
        {
            throw new FeedLogFullException(_maxBytes);
        }
        BinaryPrimitives.WriteUInt32BigEndian(record, (uint)entry.Sealed.Length);
        record[4] = (byte)entry.Kind;
        signature.CopyTo(record.AsSpan(5));
        entry.Sealed.Span.CopyTo(record.AsSpan(EntryHead));
        RandomAccess.Write(_file, record, _length);
        _offsets.Add(_length);
        _length += record.Length;
    }

    /// <inheritdoc/>
    public IReadOnlyList<FeedEntry> Read(ulong after, int budget)
    {
        var entries = new List<FeedEntry>();
        if (after >= Last)
        {
            return entries;
        }
        int first = (int)after;
        int last = first;
        long bytes = SealedLength(first);
        while (last + 1 < _offsets.Count && bytes + SealedLength(last + 1) <= budget)
        {
            bytes += SealedLength(++last);
        }
        var block = new byte[EndOf(last) - _offsets[first]];
        ReadFully(block, _offsets[first]);
        for (int i = first; i <= last; i++)
        {
            int at = (int)(_offsets[i] - _offsets[first]);
            entries.Add(new FeedEntry((ulong)i + 1, (EntryKind)block[at + 4], block.AsMemory(at + EntryHead, SealedLength(i))));
        }
        return entries;
    }

    /// <inheritdoc/>
    public byte[] SignatureAt(ulong n)
    {
        var signature = new byte[Ed25519.SignatureSize];
        ReadFully(signature, _offsets[(int)n - 1] + 5);
        return signature;
    }

    /// <summary>Closes in order: a log that is kept is flushed to the disk and marked as whole.</summary>
    public void Dispose()
    {
        if (_file.IsClosed)
        {
            return;
        }
        if (_cleanMark is not null && !MayLackEntries)
        {
            RandomAccess.FlushToDisk(_file);
            File.WriteAllText(_cleanMark, _length.ToString());
        }
        _file.Dispose();
    }

    private static SafeFileHandle Open(string path, FileMode mode)
    {
        var file = File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.Read);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        return file;
    }

    private void WriteHeader(RoomId room, PublicKey author, Id16 epoch)
    {
        Epoch = epoch;
        var header = new byte[HeaderSize];
        Magic.CopyTo(header, 0);
        room.Value.CopyTo(header.AsSpan(Magic.Length));
        author.CopyTo(header.AsSpan(Magic.Length + 16));
        epoch.CopyTo(header.AsSpan(Magic.Length + 48));
        Boot.Id.CopyTo(header.AsSpan(Magic.Length + 64));
        RandomAccess.Write(_file, header, 0);
        _length = HeaderSize;
    }

    private bool ReadHeader(RoomId room, PublicKey author, out bool sameBoot)
    {
        var header = new byte[HeaderSize];
        sameBoot = false;
        if (RandomAccess.Read(_file, header, 0) != HeaderSize || !header.AsSpan(0, Magic.Length).SequenceEqual(Magic)
            || Id16.Read(header.AsSpan(Magic.Length)) != room.Value
            || PublicKey.FromBytes(header.AsSpan(Magic.Length + 16, 32)) != author)
        {
            return false;
        }
        Epoch = Id16.Read(header.AsSpan(Magic.Length + 48));
        sameBoot = Boot.Id != default && Id16.Read(header.AsSpan(Magic.Length + 64)) == Boot.Id;
        return true;
    }

    /// <summary>Finds the entries; a last one that was cut off was never sent, since sending follows a whole write.</summary>
    private bool ReadIndex()
    {
        long end = RandomAccess.GetLength(_file);
        long at = HeaderSize;
        var head = new byte[4];
        while (at + EntryHead <= end && RandomAccess.Read(_file, head, at) == 4)
        {
            uint size = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (size is < Aead.TagSize or > FeedEntry.MaxBody + Aead.TagSize)
            {
                return false;
            }
            if (at + EntryHead + size > end)
            {
                break;
            }
            _offsets.Add(at);
            at += EntryHead + size;
        }
        _length = at;
        return true;
    }

    private bool WasClosedInOrder() =>
        File.Exists(_cleanMark) && long.TryParse(File.ReadAllText(_cleanMark!), out long length) && length == _length;

    private void StampBoot() => RandomAccess.Write(_file, Boot.Id.ToArray(), Magic.Length + 64);

    private long EndOf(int index) => index + 1 < _offsets.Count ? _offsets[index + 1] : _length;

    private int SealedLength(int index) => (int)(EndOf(index) - _offsets[index] - EntryHead);

    private void ReadFully(Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(_file, destination, offset);
            if (read == 0)
            {
                throw new EndOfStreamException("The session's log is shorter than it was: somebody else changed the file.");
            }
            destination = destination[read..];
            offset += read;
        }
    }
}
