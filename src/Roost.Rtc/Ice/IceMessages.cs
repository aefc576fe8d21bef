using Roost.Rtc.Turn;

namespace Roost.Rtc.Ice;

/// <summary>What can happen to an ICE agent.</summary>
public abstract record IceInput
{
    private IceInput()
    {
    }

    /// <summary>A socket is open on an address of this host.</summary>
    /// <param name="Port">The shell's number for the socket.</param>
    /// <param name="Address">Where it is bound.</param>
    /// <param name="Preference">0 to 65535, higher first: the order of interfaces.</param>
    /// <param name="MdnsName">Signal this name instead of the address (RFC 8828); null to signal the address.</param>
    public sealed record HostAddress(int Port, TransportAddress Address, int Preference, string? MdnsName = null) : IceInput;

    /// <summary>A STUN server to be asked from every host socket of its family.</summary>
    public sealed record StunServer(TransportAddress Address) : IceInput;

    /// <summary>A TURN server reached through a socket of its own.</summary>
    /// <param name="Port">The shell's number for that socket or stream.</param>
    /// <param name="Address">The server.</param>
    /// <param name="Credentials">Long-term credentials.</param>
    /// <param name="IsReliable">True for TCP and TLS.</param>
    public sealed record TurnServer(int Port, TransportAddress Address, TurnCredentials Credentials, bool IsReliable) : IceInput;

    /// <summary>The socket or stream behind a port number is gone.</summary>
    public sealed record PortLost(int Port) : IceInput;

    /// <summary>All sockets and servers are named; gathering ends when they have answered.</summary>
    public sealed record NoMoreServers : IceInput;

    /// <summary>Which role offer and answer gave this side; conflicts are settled by the agents themselves.</summary>
    public sealed record Role(IceRole Value) : IceInput;

    /// <summary>The other side's credentials; new ones after the first mean it restarted.</summary>
    public sealed record RemoteCredentials(IceCredentials Value) : IceInput;

    /// <summary>A candidate of the other side; an mDNS name is handed back for resolving.</summary>
    public sealed record RemoteCandidate(IceCandidate Value) : IceInput;

    /// <summary>The other side has no more candidates.</summary>
    public sealed record NoMoreRemoteCandidates : IceInput;

    /// <summary>Starts over with new local credentials (RFC 8445 §9); the old path carries data until a new one works.</summary>
    public sealed record Restart(IceCredentials Local) : IceInput;

    /// <summary>The offer that announced a restart was taken back: the credentials from before are in force again. Nothing when there was none.</summary>
    public sealed record TakeBackRestart : IceInput;

    /// <summary>Gives allocations back and stops.</summary>
    public sealed record Close : IceInput;

    /// <summary>STUN or TURN bytes came in; valid during the call.</summary>
    public sealed record Datagram(int Port, TransportAddress From, ReadOnlyMemory<byte> Bytes) : IceInput;
}

/// <summary>What an ICE agent asks for or reports.</summary>
public abstract record IceEffect
{
    private IceEffect()
    {
    }

    /// <summary>Send a datagram.</summary>
    public sealed record Send(int Port, TransportAddress To, ReadOnlyMemory<byte> Bytes) : IceEffect;

    /// <summary>A local candidate for the other side.</summary>
    public sealed record LocalCandidate(IceCandidate Value) : IceEffect;

    /// <summary>Gathering progressed.</summary>
    public sealed record GatheringChanged(IceGatheringState Value) : IceEffect;

    /// <summary>The state changed.</summary>
    public sealed record StateChanged(IceState Value) : IceEffect;

    /// <summary>Data goes over this path from here on.</summary>
    public sealed record PathChanged(IcePath Value) : IceEffect;

    /// <summary>Resolve an mDNS name, then hand the candidate in again with the address for host.</summary>
    public sealed record ResolveName(IceCandidate Value) : IceEffect;

    /// <summary>An address has proved to be the peer: datagrams from it belong to this agent.</summary>
    public sealed record PeerAddress(int Port, TransportAddress Address) : IceEffect;

    /// <summary>A packet of the peer came out of a relay; valid until the next call.</summary>
    public sealed record Relayed(ReadOnlyMemory<byte> Bytes, TransportAddress From) : IceEffect;

    /// <summary>A TURN server refused; the error code is 0 when it fell silent.</summary>
    public sealed record ServerFailed(TransportAddress Server, int ErrorCode) : IceEffect;
}

/// <summary>How two peers are connected.</summary>
/// <param name="Port">The shell's number of the local socket.</param>
/// <param name="Remote">The peer's address as it is sent to; behind a relay the address the relay sends to.</param>
/// <param name="Local">Type of the local candidate.</param>
/// <param name="RemoteType">Type of the remote candidate.</param>
public sealed record IcePath(int Port, TransportAddress Remote, IceCandidateType Local, IceCandidateType RemoteType)
{
    /// <summary>Whether a TURN server on either side forwards the packets.</summary>
    public bool IsRelayed => Local == IceCandidateType.Relayed || RemoteType == IceCandidateType.Relayed;
}
