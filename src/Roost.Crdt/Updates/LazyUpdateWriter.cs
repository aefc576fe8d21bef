namespace Roost.Crdt;

/// <summary>Collects structs of other updates and writes them as one: a section begins wherever the client changes.</summary>
internal sealed class LazyUpdateWriter
{
    private readonly List<(DecodedUpdate From, StructRef Item, uint Offset)> _structs = [];

    public void Add(DecodedUpdate from, in StructRef item, uint offset) => _structs.Add((from, item, offset));

    public byte[] Finish(UpdateEncoder encoder, DeleteSet deletes)
    {
        var starts = new List<int>();
        for (var i = 0; i < _structs.Count; i++)
        {
            if (i == 0 || ClientOf(i) != ClientOf(i - 1))
            {
                starts.Add(i);
            }
        }

        encoder.Rest.WriteVarUint((uint)starts.Count);
        for (var section = 0; section < starts.Count; section++)
        {
            var (start, end) = (starts[section], section + 1 < starts.Count ? starts[section + 1] : _structs.Count);
            encoder.Rest.WriteVarUint((uint)(end - start));
            encoder.WriteClient(ClientOf(start));
            encoder.Rest.WriteVarUint(_structs[start].Item.Clock + _structs[start].Offset);
            for (var i = start; i < end; i++)
            {
                StructRefWriter.Write(encoder, _structs[i].From, _structs[i].Item, _structs[i].Offset);
            }
        }

        deletes.Write(encoder);
        return encoder.ToArray();
    }

    private ulong ClientOf(int index) => _structs[index].From.Clients[_structs[index].Item.Client];
}
