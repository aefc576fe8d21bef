namespace Roost.Rtc.Net.OpenSsl;

/// <summary>Which records of an epoch have been taken (RFC 6347 §4.1.2.6): a highest sequence number and 64 bits behind it.</summary>
/// <param name="taken">All records up to this number count as taken.</param>
internal struct ReplayWindow(ulong taken)
{
    private const int Width = 64;

    private ulong _highest = taken;
    private ulong _bits = ulong.MaxValue; // Bit n stands for highest − n.

    /// <summary>Whether a record may be new. Says nothing about whether it is genuine: note it only after that is known.</summary>
    internal readonly bool IsNew(ulong sequence) =>
        sequence > _highest || (_highest - sequence < Width && (_bits >> (int)(_highest - sequence) & 1) == 0);

    /// <summary>Notes a genuine record for which <see cref="IsNew"/> was true.</summary>
    internal void Note(ulong sequence)
    {
        if (sequence > _highest)
        {
            var step = sequence - _highest;
            _bits = step < Width ? _bits << (int)step | 1 : 1;
            _highest = sequence;
        }
        else
        {
            _bits |= 1UL << (int)(_highest - sequence);
        }
    }
}
