using System.Runtime.InteropServices;

namespace Roost.Rtc.Net.Io;

/// <summary>Linux: ppoll over the sockets and an eventfd; receive buffers shared by all sockets of the loop.</summary>
internal sealed unsafe class LinuxUdpBackend : IUdpBackend
{
    internal const int Slots = 16;
    internal const int SlotBytes = 65_536;

    private readonly int _eventFd;
    private readonly bool _segmentation;
    private Libc.PollEntry[] _entries = GC.AllocateArray<Libc.PollEntry>(16, pinned: true);

    internal LinuxUdpBackend(bool segmentation)
    {
        _segmentation = segmentation;
        _eventFd = Libc.eventfd(0, Libc.EfdNonBlock);
        Buffers = new LinuxReceiveBuffers();
    }

    internal LinuxReceiveBuffers Buffers { get; }

    public IUdpPort Open(int number, TransportAddress bind, PortRange range) =>
        new LinuxUdpPort(number, UdpSockets.Open(bind, range), Buffers, _segmentation);

    public void Wait(IReadOnlyList<IUdpPort> ports, TimeSpan? timeout, List<IUdpPort> ready)
    {
        ready.Clear();
        if (_entries.Length < ports.Count + 1)
        {
            _entries = GC.AllocateArray<Libc.PollEntry>(ports.Count * 2, pinned: true);
        }
        _entries[0] = new Libc.PollEntry { Descriptor = _eventFd, Events = Libc.PollIn };
        for (var i = 0; i < ports.Count; i++)
        {
            _entries[i + 1] = new Libc.PollEntry { Descriptor = ((LinuxUdpPort)ports[i]).Descriptor, Events = Libc.PollIn };
        }
        var wait = new Libc.TimeSpec
        {
            Seconds = (long)(timeout?.TotalSeconds ?? 0),
            Nanoseconds = (timeout?.Ticks ?? 0) % TimeSpan.TicksPerSecond * 100,
        };
        var count = Libc.ppoll((Libc.PollEntry*)Marshal.UnsafeAddrOfPinnedArrayElement(_entries, 0), (nuint)(ports.Count + 1), timeout is null ? null : &wait, null);
        if (count <= 0)
        {
            return;
        }
        if (_entries[0].Returned != 0)
        {
            ulong signals;
            _ = Libc.read(_eventFd, &signals, sizeof(ulong));
        }
        for (var i = 0; i < ports.Count; i++)
        {
            if (_entries[i + 1].Returned != 0)
            {
                ready.Add(ports[i]);
            }
        }
    }

    public void Wake()
    {
        ulong one = 1;
        _ = Libc.write(_eventFd, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        Buffers.Dispose();
        _ = Libc.close(_eventFd);
    }
}

/// <summary>Memory for recvmmsg: slots large enough for what GRO joins.</summary>
internal sealed unsafe class LinuxReceiveBuffers : IDisposable
{
    internal const int NameBytes = 28;
    internal const int ControlBytes = 64;

    private readonly void* _native;

    internal LinuxReceiveBuffers()
    {
        var headers = (nuint)(LinuxUdpBackend.Slots * (sizeof(Libc.MultiHeader) + sizeof(Libc.IoVector) + NameBytes + ControlBytes));
        _native = NativeMemory.AllocZeroed(headers);
        Messages = (Libc.MultiHeader*)_native;
        Vectors = (Libc.IoVector*)(Messages + LinuxUdpBackend.Slots);
        Names = (byte*)(Vectors + LinuxUdpBackend.Slots);
        Controls = Names + LinuxUdpBackend.Slots * NameBytes;
        // Managed and pinned, because cores take Memory<byte>.
        Data = GC.AllocateUninitializedArray<byte>(LinuxUdpBackend.Slots * LinuxUdpBackend.SlotBytes, pinned: true);
        var start = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(Data, 0);
        for (var i = 0; i < LinuxUdpBackend.Slots; i++)
        {
            Vectors[i] = new Libc.IoVector { Base = start + i * LinuxUdpBackend.SlotBytes, Length = LinuxUdpBackend.SlotBytes };
        }
    }

    internal Libc.MultiHeader* Messages { get; }
    internal Libc.IoVector* Vectors { get; }
    internal byte* Names { get; }
    internal byte* Controls { get; }
    internal byte[] Data { get; }

    public void Dispose() => NativeMemory.Free(_native);
}
