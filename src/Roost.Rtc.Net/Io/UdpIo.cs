namespace Roost.Rtc.Net.Io;

/// <summary>A UDP socket of a loop.</summary>
/// <remarks>Used by the loop's thread only.</remarks>
internal interface IUdpPort : IDisposable
{
    /// <summary>The number by which cores know it.</summary>
    int Number { get; }

    /// <summary>Where it is bound.</summary>
    TransportAddress Address { get; }

    /// <summary>Sends datagrams of <paramref name="segmentBytes"/> each (the last may be shorter). What the system refuses is lost, as on the wire.</summary>
    void Send(TransportAddress to, ReadOnlySpan<byte> bytes, int segmentBytes, bool dontFragment);

    /// <summary>Hands out what is there without waiting, up to a bounded number of datagrams.</summary>
    void Receive(IDatagramSink sink);
}

/// <summary>Who gets received datagrams.</summary>
internal interface IDatagramSink
{
    /// <summary>Takes one or more datagrams of one sender; the bytes are valid during the call.</summary>
    void OnDatagrams(int port, TransportAddress from, ReadOnlyMemory<byte> bytes, int segmentBytes);
}

/// <summary>What a loop waits on, and how it opens sockets.</summary>
internal interface IUdpBackend : IDisposable
{
    /// <summary>Opens a socket.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address or every port of the range is taken.</exception>
    IUdpPort Open(int number, TransportAddress bind, PortRange range);

    /// <summary>Sleeps until a socket has data, <see cref="Wake"/> is called, or the time is over.</summary>
    void Wait(IReadOnlyList<IUdpPort> ports, TimeSpan? timeout, List<IUdpPort> ready);

    /// <summary>Ends a <see cref="Wait"/>; from any thread.</summary>
    void Wake();
}

/// <summary>Local UDP ports that may be used, for firewalls that open only some.</summary>
/// <param name="First">First port; 0 lets the system choose.</param>
/// <param name="Last">Last port, inclusive.</param>
public readonly record struct PortRange(ushort First, ushort Last)
{
    /// <summary>Any free port.</summary>
    public static PortRange Any => default;
}
