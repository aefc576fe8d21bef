namespace Roost.Crdt;

/// <summary>What the two update formats share: where each field of a struct goes is theirs, in which order is the writer's.</summary>
internal abstract class UpdateEncoder
{
    /// <summary>Counts, start clocks, values and the delete set.</summary>
    public ByteWriter Rest { get; } = new();

    public abstract void Reset();

    /// <summary>Gives back the memory that one large update took.</summary>
    public virtual void Drop() => Rest.Drop();

    /// <summary>Says what is to come, so that room for it is made once.</summary>
    public virtual void Expect(int characters) { }

    public abstract void WriteClient(ulong client);

    public abstract void WriteLeftId(ulong client, uint clock);

    public abstract void WriteRightId(ulong client, uint clock);

    public abstract void WriteInfo(byte info);

    public abstract void WriteString(ReadOnlySpan<char> text);

    public abstract void WriteParentInfo(bool isRoot);

    public abstract void WriteTypeRef(byte typeRef);

    public abstract void WriteLength(uint length);

    public abstract void WriteKey(string key);

    /// <summary>A formatting value or an embed: JSON text in V1, an any in V2.</summary>
    public abstract void WriteJson(in YValue value);

    public abstract void StartDeletes();

    public abstract void WriteDelete(uint clock, uint length);

    /// <summary>The whole update; valid until the next <see cref="Reset"/>.</summary>
    public abstract ReadOnlySpan<byte> Finish();

    /// <summary>The whole update as an array of its own.</summary>
    public virtual byte[] ToArray() => Finish().ToArray();

    public void WriteAny(in YValue value) => AnyCodec.Write(Rest, value);
}
