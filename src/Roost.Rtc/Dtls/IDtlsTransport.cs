using Roost.Core.Cores;

namespace Roost.Rtc.Dtls;

/// <summary>The seam behind which DTLS 1.2 lives: records in and out, no socket and no clock.</summary>
/// <remarks>
/// <para>An implementation never hands out application data before the peer's certificate matched one of the expected fingerprints.
/// A certificate that has none of them is refused by a fatal alert, so that the peer knows at once.</para>
/// <para>Any call may change <see cref="State"/>: the caller looks at it after each. Once the handshake is done, alerts count only when they are
/// protected by its keys; those in clear text are anybody's, and are dropped.</para>
/// <para>Not thread-safe: only the loop of its connection calls it.</para>
/// </remarks>
public interface IDtlsTransport : IDisposable
{
    /// <summary>The current state.</summary>
    DtlsState State { get; }

    /// <summary>What went wrong and what to do about it, once <see cref="State"/> is Failed; otherwise null.</summary>
    string? Failure { get; }

    /// <summary>When <see cref="Tick"/> is due, to repeat a handshake flight; null when nothing is.</summary>
    Instant? NextTick { get; }

    /// <summary>Starts the handshake.</summary>
    /// <param name="role">Which side this is.</param>
    /// <param name="expected">The peer's fingerprints; its certificate must have one of them.</param>
    /// <param name="now">The time.</param>
    void Start(DtlsRole role, IReadOnlyList<DtlsFingerprint> expected, Instant now);

    /// <summary>Tells the round trip of the path, from which flights take their repetition time.</summary>
    void SetRoundTrip(TimeSpan roundTrip);

    /// <summary>Takes in one datagram; application data then waits in <see cref="TryRead"/>.</summary>
    void Receive(ReadOnlySpan<byte> datagram, Instant now);

    /// <summary>Reads the application data of one record.</summary>
    /// <returns>False when there is none.</returns>
    bool TryRead(Span<byte> buffer, out int length);

    /// <summary>Encrypts one record.</summary>
    /// <param name="plaintext">At most 16 KiB; in practice one SCTP packet.</param>
    /// <param name="destination">At least <paramref name="plaintext"/> and 64 bytes.</param>
    /// <returns>Bytes written; 0 when not connected.</returns>
    int Protect(ReadOnlySpan<byte> plaintext, Span<byte> destination);

    /// <summary>Takes a handshake or alert datagram that is to be sent.</summary>
    bool TryTakeDatagram(out ReadOnlyMemory<byte> datagram);

    /// <summary>Repeats the last flight when its time has come.</summary>
    void Tick(Instant now);

    /// <summary>Says close_notify.</summary>
    void Close();
}
