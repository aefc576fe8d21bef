using System.Runtime.InteropServices;

namespace Roost.Rtc.Net.Io;

/// <summary>The Linux calls that .NET's sockets do not offer: many datagrams per call, and waiting on a descriptor that another thread can signal.</summary>
internal static unsafe partial class Libc
{
    internal const int SolUdp = 17;
    internal const int UdpSegment = 103;
    internal const int UdpGro = 104;
    internal const int MsgDontWait = 0x40;
    internal const short PollIn = 1;
    internal const int EfdNonBlock = 0x800;
    internal const int ErrorAgain = 11;
    internal const int ErrorInterrupted = 4;
    internal const int ErrorIo = 5;
    internal const int ErrorInvalid = 22;
    internal const int ErrorMessageSize = 90;

    [LibraryImport("libc", SetLastError = true)] internal static partial int recvmmsg(int fd, MultiHeader* messages, uint count, int flags, void* timeout);
    [LibraryImport("libc", SetLastError = true)] internal static partial nint sendmsg(int fd, Header* message, int flags);
    [LibraryImport("libc", SetLastError = true)] internal static partial int ppoll(PollEntry* entries, nuint count, TimeSpec* timeout, void* mask);
    [LibraryImport("libc", SetLastError = true)] internal static partial int eventfd(uint initial, int flags);
    [LibraryImport("libc", SetLastError = true)] internal static partial nint read(int fd, void* buffer, nuint count);
    [LibraryImport("libc", SetLastError = true)] internal static partial nint write(int fd, void* buffer, nuint count);
    [LibraryImport("libc", SetLastError = true)] internal static partial int close(int fd);

    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        internal byte* Base;
        internal nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Header
    {
        internal void* Name;
        internal uint NameLength;
        internal IoVector* Vectors;
        internal nuint VectorCount;
        internal void* Control;
        internal nuint ControlLength;
        internal int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct MultiHeader
    {
        internal Header Header;
        internal uint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        internal int Descriptor;
        internal short Events;
        internal short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        internal long Seconds;
        internal long Nanoseconds;
    }
}
