namespace Roost.Mesh.Hubs;

/// <summary>One row of the table of refusals.</summary>
/// <param name="Tag">The metric's tag and the name in docs/protocol/door.md.</param>
/// <param name="CloseCode">WebSocket close code; 0: the connection stays.</param>
/// <param name="Text">One sentence for whoever reads the frame: cause and fix.</param>
public readonly record struct RefusalRow(string Tag, ushort CloseCode, string Text);

/// <summary>The table of refusals: docs/protocol/door.md and docs/errors.md list the same rows, and a test compares them.</summary>
public static class Refusals
{
    /// <summary>The row of a refusal.</summary>
    public static RefusalRow Row(this Refusal refusal) => refusal switch
    {
        Refusal.BadFrame => new("bad-frame", 4400, "This is not a frame of this door, or its length is wrong."),
        Refusal.FrameTooLarge => new("frame-too-large", 1009, "The frame is larger than this door takes."),
        Refusal.UnknownType => new("unknown-type", 0, "This hub does not know that frame and ignored it."),
        Refusal.BadProof => new("bad-proof", 4401, "The proof of the key is not valid."),
        Refusal.ForeignAuthority => new("foreign-authority", 4403, "This hub does not answer to the host that was dialled; its operator can add it with PUBLIC_URL."),
        Refusal.NotJoined => new("not-joined", 0, "Join the room before sending in it."),
        Refusal.JoinRefused => new("join-refused", 0, "The proof does not fit the room, or this hub does not serve it."),
        Refusal.TargetUnknown => new("target-unknown", 0, "The peer is not here."),
        Refusal.RateLimited => new("rate-limited", 0, "Too many frames or bytes; go on in a second."),
        Refusal.HubFull => new("hub-full", 1013, "This hub takes no more connections; try again later or elsewhere."),
        Refusal.TooManyRooms => new("too-many-rooms", 0, "Leave a room before joining another."),
        Refusal.RoomFull => new("room-full", 0, "The room is full."),
        Refusal.Replaced => new("replaced", 4409, "A newer connection proved the same key."),
        Refusal.SlowReader => new("slow-reader", 1013, "The connection does not read what it is sent."),
        Refusal.ShuttingDown => new("shutting-down", 1001, "This hub is going down; reconnect, elsewhere if another is known."),
        Refusal.TooSlow => new("too-slow", 4408, "No valid proof came in time."),
        Refusal.BadPeerId => new("bad-peer-id", 1008, "Invalid peerId format"),
        Refusal.IdInUse => new("id-in-use", 1008, "Peer already connected"),
        Refusal.IdIsBound => new("id-is-bound", 1008, "This peerId belongs to a key; choose another"),
        Refusal.CardTooLarge => new("card-too-large", 0, "The announcement is too large."),
        Refusal.Removed => new("removed", 4403, "Removed by the operator of this hub."),
        Refusal.Draining => new("draining", 0, "This hub is being taken out of its mesh; say GOODBYE and go to another one."),
        _ => new("none", 0, ""),
    };

    /// <summary>The code that logs and documents use, such as ROOST-1008.</summary>
    public static string Code(this Refusal refusal) => $"ROOST-{1000 + (int)refusal}";
}
