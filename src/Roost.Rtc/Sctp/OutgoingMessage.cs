using Roost.Core.Cores;

namespace Roost.Rtc.Sctp;

/// <summary>A message on its way out. Its bytes stay in one pooled buffer until the peer has them, so that fragments are never copied aside.</summary>
internal sealed class OutgoingMessage
{
    internal byte[] Buffer = [];
    internal int Length;
    internal ushort StreamId;
    internal uint Ppid;
    internal bool Unordered;
    internal int MaxRetransmits;
    internal Instant Expires;

    /// <summary>SSN, or MID when messages are interleaved; given when the first fragment is sent.</summary>
    internal uint MessageId;
    internal int SentOffset;
    internal uint NextFsn;

    /// <summary>Fragments with a TSN that the peer has not cumulatively acknowledged.</summary>
    internal int Outstanding;
    internal bool Abandoned;

    internal bool IsFullySent => SentOffset == Length;
    internal bool MayBeAbandoned => MaxRetransmits >= 0 || Expires != Instant.Never;

    internal void ReturnBuffer()
    {
        if (Buffer.Length > 0)
        {
            MessagePool.Return(Buffer);
            Buffer = [];
        }
    }
}
