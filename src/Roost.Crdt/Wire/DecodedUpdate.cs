using System.Buffers;
using System.Runtime.InteropServices;

namespace Roost.Crdt;

/// <summary>An update, read in full before anything is changed. Pooled memory; dispose it.</summary>
internal sealed class DecodedUpdate : IDisposable
{
    private readonly Dictionary<ulong, int> _clientIndex = [];
    private readonly Dictionary<string, int> _nameIndex = [];
    private readonly HashSet<int> _sectioned = [];
    private StructRef[] _structs = [];
    private char[] _text = [];
    private int _structCount;
    private int _textCount;
    private ulong _lastClient = ulong.MaxValue;
    private int _lastIndex;

    public List<ulong> Clients { get; } = [];

    public List<string> Names { get; } = [];

    public List<Section> Sections { get; } = [];

    public List<DeleteRef> Deletes { get; } = [];

    /// <summary>Values of any, JSON, embed and format content, and the options of documents.</summary>
    public List<YValue> Values { get; } = [];

    public Span<StructRef> Structs => _structs.AsSpan(0, _structCount);

    public Span<char> Text => _text.AsSpan(0, _textCount);

    public int StructCount => _structCount;

    public static DecodedUpdate Read(ReadOnlySpan<byte> update, bool v2, YDocLimits limits)
    {
        var result = new DecodedUpdate();
        try
        {
            result.Fill(update, v2, limits);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>Reads into this, which is empty, for a document that keeps one for small updates.</summary>
    public void Fill(ReadOnlySpan<byte> update, bool v2, YDocLimits limits)
    {
        if (v2)
        {
            var decoder = new UpdateDecoderV2(new ByteReader(update), this);
            UpdateParser.Parse(ref decoder, this, limits);
        }
        else
        {
            var decoder = new UpdateDecoderV1(new ByteReader(update));
            UpdateParser.Parse(ref decoder, this, limits);
            if (Sections.Count == 0 && decoder.Remaining > 0)
            {
                // Every update of format V2 begins with what is "no structs" in V1; Yjs would take it for one that says nothing.
                decoder.Fail(UpdateFault.Malformed, "Bytes after the end: an update of format V2 where one of V1 is expected?");
            }
        }
    }

    public int ClientIndex(ulong client)
    {
        if (client == _lastClient)
        {
            return _lastIndex;
        }

        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(_clientIndex, client, out var known);
        if (!known)
        {
            index = Clients.Count;
            Clients.Add(client);
        }

        _lastClient = client;
        return _lastIndex = index;
    }

    /// <summary>Marks the client as one that has a section; false if it already had one.</summary>
    public bool HasNoSection(int client) => _sectioned.Add(client);

    public int AddName(ReadOnlySpan<char> name)
    {
        var lookup = _nameIndex.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(name, out var index))
        {
            index = Names.Count;
            Names.Add(name.ToString());
            lookup[name] = index;
        }

        return index;
    }

    /// <summary>Room behind the text so far; what is used of it is then told to <see cref="AddText"/>.</summary>
    public Span<char> TextRoom(int size)
    {
        if (_text.Length - _textCount < size)
        {
            Grow(ref _text, _textCount, _textCount + size);
        }

        return _text.AsSpan(_textCount);
    }

    public (int At, int Length) AddText(int length)
    {
        _textCount += length;
        return (_textCount - length, length);
    }

    public ref StructRef AddStruct()
    {
        if (_structs.Length == _structCount)
        {
            Grow(ref _structs, _structCount, _structCount + 1);
        }

        return ref _structs[_structCount++];
    }

    /// <summary>Empties it for the next use; keeps small buffers, gives large ones back.</summary>
    public void Clear()
    {
        _clientIndex.Clear();
        _nameIndex.Clear();
        _sectioned.Clear();
        Clients.Clear();
        Names.Clear();
        Sections.Clear();
        Deletes.Clear();
        Values.Clear();
        (_structCount, _textCount, _lastClient) = (0, 0, ulong.MaxValue);
        if (_structs.Length > 256 || _text.Length > 4096)
        {
            Dispose();
            Deletes.Capacity = Values.Capacity = Clients.Capacity = 0;
        }
    }

    public void Dispose()
    {
        Release(ref _structs);
        Release(ref _text);
        (_structCount, _textCount) = (0, 0);
    }

    private static void Grow<T>(ref T[] buffer, int used, int needed)
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(Math.Max(needed, used * 2), 16));
        buffer.AsSpan(0, used).CopyTo(larger);
        Release(ref buffer);
        buffer = larger;
    }

    private static void Release<T>(ref T[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<T>.Shared.Return(buffer);
            buffer = [];
        }
    }
}
