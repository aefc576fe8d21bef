namespace Roost.Mesh.Hubs;

/// <summary>Names one accepted connection of one hub; never used twice in a process.</summary>
public readonly record struct ConnectionId(long Value);

/// <summary>A namespace of peers: those of different networks, or of different dialects, never see each other.</summary>
/// <param name="Dialect">The door's language, such as <c>roost</c> or <c>pigeon</c>.</param>
/// <param name="Name">What the application called it.</param>
public readonly record struct NetworkName(string Dialect, string Name);

/// <summary>Where a connection comes from, as limits count it: an IPv4 address, or the /64 of an IPv6 one. Zero: unknown.</summary>
public readonly record struct ClientAddress(UInt128 Bits);

/// <summary>Who shall get a frame: all but one of a list that nobody changes.</summary>
/// <param name="All">The list; shared, never written to.</param>
/// <param name="Except">Left out; default for none.</param>
public readonly record struct Recipients(IReadOnlyList<ConnectionId> All, ConnectionId Except);
