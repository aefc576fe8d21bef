using System.IO.Pipelines;
using Roost.Core.Cores;
using Roost.Hub.Sockets;
using Roost.Mesh.Doors;
using Roost.Mesh.Hubs;

namespace Roost.Hub.Connections;

/// <summary>One kind of WebSocket that a hub serves.</summary>
/// <param name="Dialect">The language spoken behind it.</param>
/// <param name="Subprotocol">The WebSocket subprotocol a client must offer; null for none.</param>
/// <param name="MaxMessage">Bytes of the largest message taken in.</param>
/// <param name="Claims">Whether an upgrade is meant for this door.</param>
/// <param name="Begin">Begins a session on a connection.</param>
/// <param name="Serve">Serves the socket to its end itself, without a session: the door of other hubs; null for all others.</param>
public sealed record HubDoor(
    string Dialect,
    string? Subprotocol,
    int MaxMessage,
    Func<UpgradeRequest, bool> Claims,
    Func<ConnectionId, UpgradeRequest, Instant, IDoorSession> Begin,
    Func<UpgradeRequest, IDuplexPipe, Action, Task>? Serve = null);
