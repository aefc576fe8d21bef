using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Roost.Crdt;

/// <summary>A range of one author's units.</summary>
/// <param name="Clock">The first.</param>
/// <param name="Length">How many.</param>
public readonly record struct ClockRange(uint Clock, uint Length)
{
    /// <summary>The clock after the last one.</summary>
    public ulong End => (ulong)Clock + Length;
}

/// <summary>Ranges of units by author: what was deleted, or inserted.</summary>
/// <remarks>Sorted and merged by <see cref="Normalize"/>, which look-ups need. Not thread-safe.</remarks>
public sealed class DeleteSet
{
    internal OrderedDictionary<ulong, List<ClockRange>> Clients { get; } = [];

    /// <summary>True if there are no ranges.</summary>
    public bool IsEmpty => Clients.Count == 0;

    /// <summary>The authors in it.</summary>
    public IReadOnlyCollection<ulong> Authors => Clients.Keys;

    /// <summary>The ranges of one author, ascending.</summary>
    public IReadOnlyList<ClockRange> RangesOf(ulong client) => Clients.TryGetValue(client, out var ranges) ? ranges : [];

    /// <summary>True if the unit is in one of the ranges.</summary>
    public bool Contains(StructId id)
    {
        if (!Clients.TryGetValue(id.Client, out var ranges))
        {
            return false;
        }

        var (low, high) = (0, ranges.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            if (ranges[middle].Clock > id.Clock)
            {
                high = middle - 1;
            }
            else if (id.Clock < ranges[middle].End)
            {
                return true;
            }
            else
            {
                low = middle + 1;
            }
        }

        return false;
    }

    internal void Add(ulong client, uint clock, uint length)
    {
        if (!Clients.TryGetValue(client, out var ranges))
        {
            Clients.Add(client, ranges = []);
        }

        ranges.Add(new ClockRange(clock, length));
    }

    internal void AddAll(DeleteSet other)
    {
        foreach (var (client, ranges) in other.Clients)
        {
            foreach (var range in ranges)
            {
                Add(client, range.Clock, range.Length);
            }
        }
    }

    /// <summary>Sorts the ranges of each author and joins those that touch or overlap.</summary>
    internal DeleteSet Normalize()
    {
        foreach (var ranges in Clients.Values)
        {
            ranges.Sort(static (a, b) => a.Clock.CompareTo(b.Clock));
            var kept = 1;
            for (var i = 1; i < ranges.Count; i++)
            {
                var (last, next) = (ranges[kept - 1], ranges[i]);
                if (last.End >= next.Clock)
                {
                    var end = Math.Max(last.End, next.End);
                    ranges[kept - 1] = last with { Length = (uint)(end - last.Clock) };
                }
                else
                {
                    ranges[kept++] = next;
                }
            }

            CollectionsMarshal.SetCount(ranges, kept);
        }

        return this;
    }

    /// <summary>All ranges of both, sorted and joined.</summary>
    public static DeleteSet Union(DeleteSet first, DeleteSet second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var result = new DeleteSet();
        result.AddAll(first);
        result.AddAll(second);
        return result.Normalize();
    }

    /// <summary>Whether both name the same ranges.</summary>
    public bool SameAs(DeleteSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Clients.Count == other.Clients.Count
            && Clients.All(entry => other.Clients.TryGetValue(entry.Key, out var ranges) && entry.Value.SequenceEqual(ranges));
    }

    internal void Write(UpdateEncoder encoder)
    {
        encoder.Rest.WriteVarUint((uint)Clients.Count);
        foreach (var (client, ranges) in Clients.OrderByDescending(entry => entry.Key))
        {
            encoder.StartDeletes();
            encoder.Rest.WriteVarUint(client);
            encoder.Rest.WriteVarUint((uint)ranges.Count);
            foreach (var range in ranges)
            {
                encoder.WriteDelete(range.Clock, range.Length);
            }
        }
    }

    internal byte[] Encode()
    {
        var encoder = new UpdateEncoderV1();
        Write(encoder);
        return encoder.Rest.ToArray();
    }

    /// <summary>Reads a set in format V1 that is all there is.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DeleteSet? deletes)
    {
        try
        {
            var input = new ByteReader(bytes);
            deletes = Read(ref input, v2: false);
            return true;
        }
        catch (UpdateFormatException)
        {
            deletes = null;
            return false;
        }
    }

    /// <exception cref="UpdateFormatException">It is no set.</exception>
    internal static DeleteSet Read(ref ByteReader input, bool v2)
    {
        var deletes = new DeleteSet();
        for (var clients = input.ReadCount(atLeast: 2); clients > 0; clients--)
        {
            var client = input.ReadVarUint();
            ulong at = 0;
            for (var ranges = input.ReadCount(atLeast: 2); ranges > 0; ranges--)
            {
                var clock = v2 ? at + input.ReadVarUint() : input.ReadClock();
                var length = input.ReadVarUint() + (v2 ? 1u : 0);
                at = clock + length;
                if (at > uint.MaxValue)
                {
                    input.Fail(UpdateFault.ClockTooLarge, "A deletion ends above 2^32 - 1.");
                }

                deletes.Add(client, (uint)clock, (uint)length);
            }
        }

        return deletes.Normalize();
    }

    internal static DeleteSet From(DecodedUpdate update)
    {
        var result = new DeleteSet();
        foreach (var range in update.Deletes)
        {
            result.Add(update.Clients[range.Client], range.Clock, range.Length);
        }

        return result.EnsureAscending();
    }

    /// <summary>Strangers may list ranges in any order; format V2 can only say ascending ones. Well-formed sets stay as they are.</summary>
    internal DeleteSet EnsureAscending()
    {
        foreach (var ranges in Clients.Values)
        {
            for (var i = 1; i < ranges.Count; i++)
            {
                if (ranges[i].Clock < ranges[i - 1].End)
                {
                    return Normalize();
                }
            }
        }

        return this;
    }
}
