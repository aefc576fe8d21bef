using System.Diagnostics.CodeAnalysis;

namespace Roost.Crdt;

/// <summary>The structs of a document: blocks by handle, by author and clock, and by place in their lists.</summary>
/// <remarks>Not thread-safe. The linked lists are the truth; position trees are made from them when first needed.</remarks>
internal sealed partial class BlockStore(YDoc doc)
{
    private readonly Dictionary<ulong, int> _clientIndex = [];
    private readonly Dictionary<string, int> _keyIndex = [];
    private readonly List<string> _keys = [];
    private readonly List<TypeNode?> _types = [];
    private readonly Stack<int> _freeTypes = [];
    private readonly Dictionary<int, StructId> _redone = [];
    private Block[] _blocks = new Block[4];
    private int[] _free = [];
    private int _freeCount;
    private int _count;
    private ClientBlocks? _lastClient;

    public YDoc Doc { get; } = doc;

    public List<ClientBlocks> Clients { get; } = [];

    /// <summary>Structs that wait for others, and for whom they wait.</summary>
    public PendingStructs? PendingStructs { get; set; }

    /// <summary>Deletions of what has not come, as a V2 update without structs.</summary>
    public byte[]? PendingDeletes { get; set; }

    /// <summary>The block of a handle; the reference is good until a block is added.</summary>
    public ref Block this[int handle] => ref _blocks[handle];

    public int StructCount => Clients.Sum(client => client.Count);

    public long Bytes => (_blocks.Length * 60L) + (_free.Length * 4L) + Clients.Sum(client => client.Bytes)
        + _types.Sum(type => type?.Tree?.Bytes ?? 0);

    public ClientBlocks Client(int index) => Clients[index];

    public ClientBlocks GetOrAddClient(ulong id)
    {
        if (_lastClient?.Id == id)
        {
            return _lastClient;
        }

        if (!_clientIndex.TryGetValue(id, out var index))
        {
            index = Clients.Count;
            Clients.Add(new ClientBlocks(id, index));
            _clientIndex.Add(id, index);
        }

        return _lastClient = Clients[index];
    }

    public bool TryGetClient(ulong id, [NotNullWhen(true)] out ClientBlocks? client)
    {
        client = _clientIndex.TryGetValue(id, out var index) && Clients[index].Count > 0 ? Clients[index] : null;
        return client is not null;
    }

    /// <summary>How many units of that client are known.</summary>
    public uint State(ulong client) => TryGetClient(client, out var found) ? found.Next : 0;

    public int Key(string name)
    {
        if (!_keyIndex.TryGetValue(name, out var key))
        {
            key = _keys.Count;
            _keys.Add(name);
            _keyIndex.Add(name, key);
        }

        return key;
    }

    /// <summary>The number of a key if it was ever used, else −1.</summary>
    public int FindKey(string name) => _keyIndex.TryGetValue(name, out var key) ? key : -1;

    public string KeyName(int key) => _keys[key];

    public TypeNode Type(int index) => _types[index]!;

    public TypeNode Parent(int handle) => _types[_blocks[handle].Parent]!;

    public TypeNode AddType(byte kind)
    {
        var node = new TypeNode(Doc, kind);
        if (_freeTypes.TryPop(out var index))
        {
            _types[index] = node;
        }
        else
        {
            index = _types.Count;
            _types.Add(node);
        }

        node.Index = index;
        return node;
    }

    /// <summary>True if the handle is a struct whose parent type, or any above it, is <paramref name="ancestor"/>.</summary>
    public bool IsInside(TypeNode ancestor, int handle)
    {
        while (handle >= 0 && !_blocks[handle].IsGc)
        {
            var parent = Parent(handle);
            if (ReferenceEquals(parent, ancestor))
            {
                return true;
            }

            handle = parent.Item;
        }

        return false;
    }

    public StructId IdOf(int handle) => new(Clients[_blocks[handle].Client].Id, _blocks[handle].Clock);

    public void Reserve(int more)
    {
        if (more > _blocks.Length - _count)
        {
            Array.Resize(ref _blocks, _count + more);
        }
    }

    /// <summary>A fresh block without neighbours, content or references.</summary>
    public int Allocate(int client, uint clock, uint length, byte reference)
    {
        int handle;
        if (_freeCount > 0)
        {
            handle = _free[--_freeCount];
        }
        else
        {
            if (_count == _blocks.Length)
            {
                Array.Resize(ref _blocks, _count + (_count >> 1) + 4);
            }

            handle = _count++;
        }

        ref var block = ref _blocks[handle];
        block = default;
        block.Client = client;
        block.Clock = clock;
        block.Length = length;
        block.Ref = reference;
        block.OriginClient = block.RightClient = block.Left = block.Right = -1;
        block.Content = block.FormatKey = block.Leaf = block.Parent = block.Key = -1;
        return handle;
    }

    private void Free(int handle)
    {
        if (_freeCount == _free.Length)
        {
            Array.Resize(ref _free, Math.Max(16, _freeCount * 2));
        }

        _free[_freeCount++] = handle;
    }

    public bool TryGetRedone(int handle, out StructId redone)
    {
        redone = default;
        return (_blocks[handle].Flags & Block.RedoneFlag) != 0 && _redone.TryGetValue(handle, out redone);
    }

    public bool IsRedone(int handle) => (_blocks[handle].Flags & Block.RedoneFlag) != 0;

    public void SetRedone(int handle, StructId redone)
    {
        _blocks[handle].Flags |= Block.RedoneFlag;
        _redone[handle] = redone;
    }

    /// <summary>Protects an item and all that it is in from collection, or no longer.</summary>
    public void Keep(int handle, bool keep)
    {
        while (handle >= 0 && _blocks[handle].IsKept != keep)
        {
            _blocks[handle].Flags ^= Block.KeepFlag;
            handle = _blocks[handle].Parent >= 0 ? Parent(handle).Item : -1;
        }
    }
}

/// <summary>Structs that cannot be applied yet.</summary>
/// <param name="Missing">For each client the clock that must be passed before trying again.</param>
/// <param name="Update">The structs, as a V2 update.</param>
internal sealed record PendingStructs(Dictionary<ulong, uint> Missing, byte[] Update);
