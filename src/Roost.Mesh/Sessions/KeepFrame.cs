using System.Diagnostics.CodeAnalysis;
using System.Text;
using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Core.Rooms;

namespace Roost.Mesh.Sessions;

/// <summary>What a host and a keeper say to each other in SIGNALs (docs/protocol/keeping.md).</summary>
public abstract record KeepFrame
{
    private const byte AskType = 0x4B;
    private const byte AskDocumentType = 0x4C;
    private const byte AnswerType = 0x6B;

    private KeepFrame()
    {
    }

    /// <summary>The host asks: keep my feed in this room for so long after I am gone. The join seed lets the keeper in; it opens nothing.</summary>
    public sealed record Ask(PublicKey Author, OwnerId Owner, byte[] JoinSeed, uint Seconds) : KeepFrame;

    /// <summary>A writer asks: keep all feeds of this document for so long after a writer was last here. The write key signs it for this asker and this keeper.</summary>
    public sealed record AskDocument(PublicKey Author, byte[] JoinSeed, uint Seconds, byte[] Signature) : KeepFrame
    {
        /// <summary>Asks.</summary>
        public static AskDocument Make(SigningKey write, PeerId asker, PeerId keeper, RoomKeys room, uint seconds) =>
            new(write.PublicKey, room.Join.ExportSeed(), seconds, write.Sign(SignedText(asker, keeper, room.Room, seconds)));

        /// <summary>Whether the write key of <paramref name="room"/> signed this for this asker and this keeper.</summary>
        public bool IsSigned(PeerId asker, PeerId keeper, RoomId room) => Ed25519.Verify(Author, SignedText(asker, keeper, room, Seconds), Signature);

        private static byte[] SignedText(PeerId asker, PeerId keeper, RoomId room, uint seconds) =>
            new ByteWriter().Label("roost-keep-1").Id(asker).Id(keeper).Id(room.Value).U32(seconds).ToArray();
    }

    /// <summary>The keeper answers: for how long it will, 0 for not at all, and why.</summary>
    public sealed record Answer(RoomId Room, uint Seconds, string Text) : KeepFrame;

    /// <summary>Reads one; false for anything else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out KeepFrame? frame)
    {
        frame = null;
        var reader = new ByteReader(bytes);
        if (!reader.TryU8(out byte type))
        {
            return false;
        }
        if (type == AskType && reader.TryBytes(PublicKey.Size, out var author) && reader.TryId16(out var owner)
            && reader.TryBytes(Ed25519.SeedSize, out var seed) && reader.TryU32(out uint seconds) && reader.AtEnd)
        {
            frame = new Ask(PublicKey.FromBytes(author), new OwnerId(owner), seed.ToArray(), seconds);
        }
        else if (type == AskDocumentType && reader.TryBytes(PublicKey.Size, out var write) && reader.TryBytes(Ed25519.SeedSize, out var joinSeed)
            && reader.TryU32(out uint wanted) && reader.TryBytes(Ed25519.SignatureSize, out var signature) && reader.AtEnd)
        {
            frame = new AskDocument(PublicKey.FromBytes(write), joinSeed.ToArray(), wanted, signature.ToArray());
        }
        else if (type == AnswerType && reader.TryId16(out var room) && reader.TryU32(out uint granted) && reader.TryStr8(out string text) && reader.AtEnd)
        {
            frame = new Answer(new RoomId(room), granted, text);
        }
        return frame is not null;
    }

    /// <summary>Writes one.</summary>
    public byte[] ToArray() => this switch
    {
        Ask ask => new ByteWriter().U8(AskType).Bytes(ask.Author.ToArray()).Id(ask.Owner.Value).Bytes(ask.JoinSeed).U32(ask.Seconds).ToArray(),
        AskDocument ask => new ByteWriter().U8(AskDocumentType).Bytes(ask.Author.ToArray()).Bytes(ask.JoinSeed).U32(ask.Seconds).Bytes(ask.Signature).ToArray(),
        Answer answer => new ByteWriter().U8(AnswerType).Id(answer.Room.Value).U32(answer.Seconds).Str8(answer.Text).ToArray(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
