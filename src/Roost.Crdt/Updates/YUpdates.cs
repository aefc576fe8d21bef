namespace Roost.Crdt;

/// <summary>What can be done with updates without a document: what a relay or a store needs.</summary>
/// <remarks>Pure functions; safe from any thread. All throw <see cref="UpdateFormatException"/> for bytes that are no update.</remarks>
public static class YUpdates
{
    /// <summary>One update that says what all of these say; gaps are kept as gaps.</summary>
    public static byte[] Merge(IReadOnlyList<byte[]> updates) => Merge(updates, v2: false);

    /// <inheritdoc cref="Merge(IReadOnlyList{byte[]})"/>
    public static byte[] MergeV2(IReadOnlyList<byte[]> updates) => Merge(updates, v2: true);

    /// <summary>What of an update somebody with the given state lacks; deletions are kept whole.</summary>
    public static byte[] Diff(ReadOnlySpan<byte> update, ReadOnlySpan<byte> stateVector) => Diff(update, StateVectors.Decode(stateVector), v2: false);

    /// <inheritdoc cref="Diff(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public static byte[] DiffV2(ReadOnlySpan<byte> update, ReadOnlySpan<byte> stateVector) => Diff(update, StateVectors.Decode(stateVector), v2: true);

    /// <summary>The same update in format V2.</summary>
    public static byte[] ConvertV1ToV2(ReadOnlySpan<byte> update) => Convert(update, fromV2: false);

    /// <summary>The same update in format V1.</summary>
    public static byte[] ConvertV2ToV1(ReadOnlySpan<byte> update) => Convert(update, fromV2: true);

    /// <summary>The state somebody has who knows nothing but this update: clients that begin at 0, up to the first gap.</summary>
    public static Dictionary<ulong, uint> StateVector(ReadOnlySpan<byte> update, bool v2 = false)
    {
        using var decoded = DecodedUpdate.Read(update, v2, YDocLimits.Default);
        var result = new Dictionary<ulong, uint>();
        foreach (var section in decoded.Sections)
        {
            uint state = 0;
            foreach (ref readonly var item in decoded.Structs.Slice(section.Start, section.Count))
            {
                if (item.Ref == ContentRef.Skip || item.Clock != state)
                {
                    break;
                }

                state = item.End;
            }

            if (state > 0)
            {
                result[decoded.Clients[section.Client]] = state;
            }
        }

        return result;
    }

    /// <summary><see cref="StateVector"/> as bytes: what somebody who holds only this update sends to ask for the rest.</summary>
    public static byte[] EncodeStateVector(ReadOnlySpan<byte> update, bool v2 = false) => StateVectors.Encode(StateVector(update, v2));

    /// <summary>The same update with all that people wrote replaced by numbers, to show a document that misbehaves without showing its text.</summary>
    /// <remarks>Lengths, authors, times of writing one after the other and names of roots stay: it hides words, not everything.</remarks>
    public static byte[] Obfuscate(ReadOnlySpan<byte> update, bool v2 = false, ObfuscationOptions? options = null)
    {
        using var decoded = DecodedUpdate.Read(update, v2, YDocLimits.Unlimited);
        new UpdateObfuscation(decoded, options ?? new ObfuscationOptions()).Run();
        return Rewrite(decoded, v2 ? new UpdateEncoderV2() : new UpdateEncoderV1());
    }

    /// <summary>What an update says, struct by struct; its <c>ToString</c> is a log of it.</summary>
    public static UpdateContent Decode(ReadOnlySpan<byte> update, bool v2 = false)
    {
        using var decoded = DecodedUpdate.Read(update, v2, YDocLimits.Default);
        return UpdateContent.Of(decoded);
    }

    /// <summary>From which clock to which an update goes, by client.</summary>
    public static IReadOnlyDictionary<ulong, (uint From, uint To)> Ranges(ReadOnlySpan<byte> update, bool v2 = false)
    {
        using var decoded = DecodedUpdate.Read(update, v2, YDocLimits.Default);
        return decoded.Sections.Where(section => section.Count > 0).ToDictionary(
            section => decoded.Clients[section.Client],
            section => (decoded.Structs[section.Start].Clock, decoded.Structs[section.Start + section.Count - 1].End));
    }

    /// <summary>Checks that the bytes are an update, without using it.</summary>
    /// <returns>Null if they are; else why not and where.</returns>
    public static UpdateFormatException? Check(ReadOnlySpan<byte> update, bool v2 = false, YDocLimits? limits = null)
    {
        try
        {
            DecodedUpdate.Read(update, v2, limits ?? YDocLimits.Default).Dispose();
            return null;
        }
        catch (UpdateFormatException wrong)
        {
            return wrong;
        }
    }

    internal static byte[] Diff(ReadOnlySpan<byte> update, IReadOnlyDictionary<ulong, uint> known, bool v2)
    {
        using var decoded = DecodedUpdate.Read(update, v2, YDocLimits.Unlimited);
        var lazy = new LazyUpdateWriter();
        foreach (var section in decoded.Sections)
        {
            var state = known.GetValueOrDefault(decoded.Clients[section.Client]);
            var started = false;
            foreach (ref readonly var item in decoded.Structs.Slice(section.Start, section.Count))
            {
                if (started)
                {
                    lazy.Add(decoded, item, 0);
                }
                else if (item.Ref != ContentRef.Skip && item.End > state)
                {
                    lazy.Add(decoded, item, state > item.Clock ? state - item.Clock : 0);
                    started = true;
                }
            }
        }

        return lazy.Finish(v2 ? new UpdateEncoderV2() : new UpdateEncoderV1(), DeleteSet.From(decoded));
    }

    private static byte[] Convert(ReadOnlySpan<byte> update, bool fromV2)
    {
        using var decoded = DecodedUpdate.Read(update, fromV2, YDocLimits.Unlimited);
        return Rewrite(decoded, fromV2 ? new UpdateEncoderV1() : new UpdateEncoderV2());
    }

    private static byte[] Rewrite(DecodedUpdate decoded, UpdateEncoder encoder)
    {
        var lazy = new LazyUpdateWriter();
        foreach (ref readonly var item in decoded.Structs)
        {
            lazy.Add(decoded, item, 0);
        }

        return lazy.Finish(encoder, DeleteSet.From(decoded));
    }

    private static byte[] Merge(IReadOnlyList<byte[]> updates, bool v2)
    {
        ArgumentNullException.ThrowIfNull(updates);
        if (updates.Count == 1)
        {
            return updates[0];
        }

        var decoded = new List<DecodedUpdate>();
        try
        {
            foreach (var update in updates)
            {
                decoded.Add(DecodedUpdate.Read(update, v2, YDocLimits.Unlimited));
            }

            return new UpdateMerger(decoded).Run(v2 ? new UpdateEncoderV2() : new UpdateEncoderV1());
        }
        finally
        {
            decoded.ForEach(update => update.Dispose());
        }
    }
}
