using System.Text;
using Roost.Core.Crypto;
using Roost.Core.Identity;

namespace Roost.Tests.Crypto;

public class Ed25519Tests
{
    // RFC 8032 section 7.1, tests 1 to 3 and "SHA(abc)".
    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Rfc_8032_vectors_hold(string seed, string pub, string message, string signature)
    {
        using var key = SigningKey.FromSeed(Convert.FromHexString(seed));
        Assert.Equal(pub, key.PublicKey.ToString());
        Assert.Equal(signature, Convert.ToHexStringLower(key.Sign(Convert.FromHexString(message))));
        Assert.True(Ed25519.Verify(key.PublicKey, Convert.FromHexString(message), Convert.FromHexString(signature)));
    }

    [Fact]
    public void A_changed_message_key_or_signature_is_refused()
    {
        using var key = SigningKey.FromSeed(new byte[32]);
        using var other = SigningKey.FromSeed([.. Enumerable.Repeat((byte)7, 32)]);
        var message = Encoding.ASCII.GetBytes("roost");
        var signature = key.Sign(message);
        Assert.False(Ed25519.Verify(key.PublicKey, "roosT"u8, signature));
        Assert.False(Ed25519.Verify(other.PublicKey, message, signature));
        signature[3] ^= 1;
        Assert.False(Ed25519.Verify(key.PublicKey, message, signature));
        Assert.False(Ed25519.Verify(key.PublicKey, message, signature.AsSpan(0, 63)));
    }

    // The eight torsion points' encodings (y = 1, -1, 0 twice, +-y8 twice each) as every curve25519 library lists them.
    [Theory]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")]
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85")]
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")]
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa")]
    public void Keys_of_small_order_are_refused(string pub) =>
        Assert.False(Ed25519.IsAcceptable(PublicKey.FromBytes(Convert.FromHexString(pub))));

    [Theory]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // y = p
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // y = p + 1
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000080")] // x = 0, sign set
    public void Keys_in_another_encoding_are_refused(string pub) =>
        Assert.False(Ed25519.IsAcceptable(PublicKey.FromBytes(Convert.FromHexString(pub))));

    [Fact]
    public void S_not_below_L_is_refused()
    {
        using var key = SigningKey.FromSeed(new byte[32]);
        var signature = key.Sign("x"u8);
        var order = System.Numerics.BigInteger.Pow(2, 252) + System.Numerics.BigInteger.Parse("27742317777372353535851937790883648493");
        var s = new System.Numerics.BigInteger(signature.AsSpan(32), isUnsigned: true) + order;
        Assert.True(s.TryWriteBytes(signature.AsSpan(32), out _, isUnsigned: true));
        Assert.False(Ed25519.Verify(key.PublicKey, "x"u8, signature));
    }

    [Fact]
    public void A_peer_id_is_the_SHA_1_of_the_key()
    {
        var key = PublicKey.FromBytes(Convert.FromHexString("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA1.HashData(key.ToArray())), PeerId.OfKey(key).ToString());
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(key.ToArray())), HubId.OfKey(key).ToString());
    }
}
