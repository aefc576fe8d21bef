using Roost.Core.Codec;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Identity;

namespace Roost.Mesh.Links;

/// <summary>What one message of a handshake came to.</summary>
/// <param name="Replies">To be sent, in order.</param>
/// <param name="Done">The proven link; null while the handshake goes on.</param>
/// <param name="Refused">Why it failed; the replies tell the other end.</param>
public readonly record struct LinkStep(IReadOnlyList<byte[]> Replies, LinkPeer? Done, LinkRefusal Refused);

/// <summary>Who is at the other end of a proven link, and the cipher of what follows.</summary>
public sealed record LinkPeer(PublicKey Key, HubId Id, ulong Run, LinkCipher Cipher);

/// <summary>
/// One end of the handshake of a hub link: HELLO both ways, AUTH both ways, then sealed batches (docs/protocol/mesh.md).
/// It holds over ws:// and behind proxies that end TLS.
/// </summary>
/// <remarks>Pure; one caller. Keeping it within its time is the caller's.</remarks>
public sealed class LinkHandshake : IDisposable
{
    private const byte Auth = 0x02, Refused = 0x0F;

    private readonly LinkSelf _self;
    private readonly bool _dialler;
    private readonly AgreementKey _ephemeral;
    private readonly byte[] _hello;
    private byte[]? _theirHello;
    private LinkHello? _them;
    private bool _over;

    /// <summary>Begins one.</summary>
    /// <param name="self">This hub.</param>
    /// <param name="dialled">The <c>host:port</c> that was dialled; null at the end that was dialled.</param>
    /// <param name="dice">Must be cryptographic outside tests.</param>
    public LinkHandshake(LinkSelf self, string? dialled, Dice dice)
    {
        _self = self;
        _dialler = dialled is not null;
        _ephemeral = AgreementKey.Generate(dice);
        var nonce = new byte[32];
        dice.Fill(nonce);
        _hello = new LinkHello(self.Key.PublicKey, _ephemeral.Public, nonce, self.Run, self.Mesh, 0, dialled ?? "").ToArray();
    }

    /// <summary>What the dialler sends first; null for the listener, who waits.</summary>
    public byte[]? First => _dialler ? _hello : null;

    /// <summary>What the other end said when it refused; for a log.</summary>
    public string? TheirReason { get; private set; }

    /// <summary>Takes in one message. Hostile bytes give a refusal, never an exception.</summary>
    public LinkStep Read(ReadOnlySpan<byte> message)
    {
        if (_over || message.IsEmpty)
        {
            return Refuse(LinkRefusal.BadMessage);
        }
        return message[0] switch
        {
            LinkHello.Type when _them is null => ReadHello(message),
            Auth when _them is not null => ReadAuth(message),
            Refused when message.Length >= 2 => ReadRefused(message),
            _ => Refuse(LinkRefusal.BadMessage),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _ephemeral.Dispose();

    /// <summary>REFUSED as bytes, for refusals after the handshake is over on one side only.</summary>
    public static byte[] RefusedMessage(LinkRefusal why) => new ByteWriter(32).U8(Refused).U8((byte)why).ToArray();

    private LinkStep ReadHello(ReadOnlySpan<byte> message)
    {
        if (!LinkHello.TryRead(message, out var hello, out bool otherVersion))
        {
            return Refuse(otherVersion ? LinkRefusal.OtherVersion : LinkRefusal.BadMessage);
        }
        var why = !hello.Mesh.Span.SequenceEqual(_self.Mesh) ? LinkRefusal.OtherMesh
            : hello.HubKey == _self.Key.PublicKey ? hello.Run == _self.Run ? LinkRefusal.Self : LinkRefusal.Twin
            : !Ed25519.IsAcceptable(hello.HubKey) ? LinkRefusal.BadProof
            : !_dialler && !_self.AnswersTo(hello.Authority) ? LinkRefusal.ForeignAuthority
            : _dialler && hello.Authority.Length > 0 ? LinkRefusal.BadMessage
            : LinkRefusal.None;
        if (why != LinkRefusal.None)
        {
            return Refuse(why);
        }
        _them = hello;
        _theirHello = message.ToArray();
        var auth = new ByteWriter(80).U8(Auth).Bytes(_self.Key.Sign(Transcript(_dialler))).ToArray();
        return new(_dialler ? [auth] : [_hello, auth], null, LinkRefusal.None);
    }

    private LinkStep ReadAuth(ReadOnlySpan<byte> message)
    {
        Span<byte> shared = stackalloc byte[32];
        if (message.Length != 1 + Ed25519.SignatureSize
            || !Ed25519.Verify(_them!.HubKey, Transcript(!_dialler), message[1..])
            || !_ephemeral.TryAgree(_them.Ephemeral.Span, shared))
        {
            return Refuse(LinkRefusal.BadProof);
        }
        _over = true;
        var cipher = LinkCipher.Derive(shared, Hashes.Sha256(Helloes("")), _dialler);
        return new([], new(_them.HubKey, HubId.OfKey(_them.HubKey), _them.Run, cipher), LinkRefusal.None);
    }

    private LinkStep ReadRefused(ReadOnlySpan<byte> message)
    {
        _over = true;
        var why = Enum.IsDefined((LinkRefusal)message[1]) && message[1] != 0 ? (LinkRefusal)message[1] : LinkRefusal.BadMessage;
        TheirReason = why.ToString();
        return new([], null, why);
    }

    private LinkStep Refuse(LinkRefusal why)
    {
        _over = true;
        return new([RefusedMessage(why)], null, why);
    }

    // Signed by each end in its role: nothing signed as a dialler passes as a listener's, so that a proof cannot be reflected.
    private byte[] Transcript(bool byDialler) => [.. Helloes("roost-hub-1"), (byte)(byDialler ? 1 : 2), .. _self.MeshKeyHash];

    private byte[] Helloes(string label) => new ByteWriter(768).Label(label)
        .Bytes(_dialler ? _hello : _theirHello).Bytes(_dialler ? _theirHello : _hello).ToArray();
}
