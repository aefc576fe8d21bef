using Roost.Core.Crypto;

namespace Roost.Tests.Crypto;

public class AgreementKeyTests
{
    // RFC 7748 section 6.1: Bob's private key, Alice's public key, and what both derive.
    [Fact]
    public void Rfc_7748_vector_holds()
    {
        using var bob = AgreementKey.FromSeed(Convert.FromHexString("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));
        Assert.Equal("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", Convert.ToHexStringLower(bob.Public));
        var shared = new byte[32];
        Assert.True(bob.TryAgree(Convert.FromHexString("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"), shared));
        Assert.Equal("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742", Convert.ToHexStringLower(shared));
    }

    [Fact]
    public void The_all_zero_secret_and_wrong_lengths_are_refused()
    {
        using var key = AgreementKey.FromSeed([.. Enumerable.Repeat((byte)9, 32)]);
        Assert.False(key.TryAgree(new byte[32], new byte[32]));
        Assert.False(key.TryAgree(new byte[31], new byte[32]));
    }
}
