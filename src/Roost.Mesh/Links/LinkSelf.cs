using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Core.Identity;

namespace Roost.Mesh.Links;

/// <summary>What all handshakes of one hub share. Immutable; thread-safe if <see cref="AnswersTo"/> is.</summary>
public sealed class LinkSelf
{
    /// <summary>Describes this hub.</summary>
    /// <param name="key">The hub's key.</param>
    /// <param name="run">Random, new at every start.</param>
    /// <param name="appId">APP_ID.</param>
    /// <param name="meshKey">The secret of a closed mesh; empty: open.</param>
    /// <param name="answersTo">Whether a dialled <c>host:port</c> is this hub's.</param>
    public LinkSelf(SigningKey key, ulong run, string appId, ReadOnlySpan<byte> meshKey, Func<string, bool> answersTo)
    {
        Key = key;
        Run = run;
        AnswersTo = answersTo;
        Id = HubId.OfKey(key.PublicKey);
        Mesh = Hashes.Sha256(new ByteWriter(64).Label("roost-mesh-1").Bytes(System.Text.Encoding.UTF8.GetBytes(appId)).Written)[..16];
        MeshKeyHash = meshKey.IsEmpty ? new byte[32] : Hashes.Sha256(new ByteWriter(64).Label("roost-mesh-key-1").Bytes(meshKey).Written);
    }

    private LinkSelf(LinkSelf self, Func<string, bool> answersTo) =>
        (Key, Run, AnswersTo, Id, Mesh, MeshKeyHash) = (self.Key, self.Run, answersTo, self.Id, self.Mesh, self.MeshKeyHash);

    /// <summary>The authority of a link that a third hub carries: who is meant, since no host was dialled.</summary>
    public static string CarriedTo(HubId hub) => $"hub:{hub}";

    /// <summary>The same hub, as it answers on links that a third hub carries.</summary>
    public LinkSelf Carried() => new(this, authority => authority == CarriedTo(Id));

    /// <summary>The hub's key.</summary>
    public SigningKey Key { get; }

    /// <summary>The hub's id.</summary>
    public HubId Id { get; }

    /// <summary>This run.</summary>
    public ulong Run { get; }

    /// <summary>Whether a dialled <c>host:port</c> is this hub's.</summary>
    public Func<string, bool> AnswersTo { get; }

    internal byte[] Mesh { get; }

    internal byte[] MeshKeyHash { get; }
}
