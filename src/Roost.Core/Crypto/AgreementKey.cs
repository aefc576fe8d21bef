using Roost.Core.Cores;

namespace Roost.Core.Crypto;

/// <summary>An X25519 private key (RFC 7748) for one agreement. Thread-safe; dispose of it to free it.</summary>
public sealed class AgreementKey : IDisposable
{
    private nint _pkey;

    private AgreementKey(ReadOnlySpan<byte> seed)
    {
        _pkey = LibCrypto.NewX25519(seed);
        Public = new byte[32];
        LibCrypto.PublicOf(_pkey, Public);
    }

    /// <summary>The public half, 32 bytes.</summary>
    public byte[] Public { get; }

    /// <summary>A new key; <paramref name="dice"/> must be cryptographic outside tests.</summary>
    public static AgreementKey Generate(Dice dice)
    {
        Span<byte> seed = stackalloc byte[32];
        dice.Fill(seed);
        return new AgreementKey(seed);
    }

    /// <summary>The key of 32 given bytes, as test vectors need it.</summary>
    public static AgreementKey FromSeed(ReadOnlySpan<byte> seed) =>
        seed.Length == 32 ? new AgreementKey(seed) : throw new ArgumentException("An X25519 key has 32 bytes.", nameof(seed));

    /// <summary>The 32-byte shared secret with <paramref name="peer"/>.</summary>
    /// <returns>False when the peer's key has the wrong length or gives the all-zero secret (RFC 7748 section 6.1).</returns>
    public bool TryAgree(ReadOnlySpan<byte> peer, Span<byte> shared)
    {
        ObjectDisposedException.ThrowIf(_pkey == 0, this);
        return peer.Length == 32 && shared.Length == 32
            && LibCrypto.AgreeX25519(_pkey, peer, shared)
            && shared.ContainsAnyExcept((byte)0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        nint pkey = Interlocked.Exchange(ref _pkey, 0);
        if (pkey != 0)
        {
            LibCrypto.Free(pkey);
        }
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the native key of a forgotten instance.</summary>
    ~AgreementKey()
    {
        if (_pkey != 0)
        {
            LibCrypto.Free(_pkey);
        }
    }
}
