using System.Runtime.InteropServices;

namespace Roost.Hub.Sockets.Loop;

/// <summary>The Linux calls of the hub's own socket loop; man 7 epoll, man 2 recv, send, accept4, connect.</summary>
internal static unsafe partial class Libc
{
    public const int EpollAdd = 1, EpollDelete = 2, EpollModify = 3;
    public const uint In = 1, Out = 4, Error = 8, HangUp = 0x10, ReadHangUp = 0x2000, EdgeTriggered = 1u << 31;
    public const int CloseOnExec = 0x80000, NonBlocking = 0x800;
    public const int Peek = 2, DontWait = 0x40, NoSignal = 0x4000;
    public const int Both = 2;
    public const int Stream = 1, SocketLevel = 1, SocketError = 4, TcpLevel = 6, NoDelay = 1;
    public const int InProgress = 115;
    public const int Interrupted = 4, Again = 11, TooManyHere = 24, TooManyEverywhere = 23;

    /// <summary>struct epoll_event is packed on x86-64 and on no other processor.</summary>
    public static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)] public static partial int EpollCreate(int flags);
    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)] public static partial int EpollControl(int epoll, int operation, int descriptor, void* oneEvent);
    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)] public static partial int EpollWait(int epoll, void* events, int count, int milliseconds);
    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)] public static partial int EventDescriptor(uint initial, int flags);
    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)] public static partial int Socket(int family, int type, int protocol);
    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)] public static partial int Connect(int socket, byte* address, int length);
    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)] public static partial int SetOption(int socket, int level, int option, int* value, int length);
    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)] public static partial int GetOption(int socket, int level, int option, int* value, int* length);
    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)] public static partial int Accept(int listener, byte* address, int* length, int flags);
    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)] public static partial nint Receive(int socket, byte* buffer, nuint count, int flags);
    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)] public static partial nint Send(int socket, byte* buffer, nuint count, int flags);
    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)] public static partial int ShutDown(int socket, int how);
    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)] public static partial nint Read(int descriptor, void* buffer, nuint count);
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)] public static partial nint Write(int descriptor, void* buffer, nuint count);
    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)] public static partial int Close(int descriptor);

    public static int LastError => Marshal.GetLastPInvokeError();

    public static void WriteEvent(byte* at, uint events, long key)
    {
        *(uint*)at = events;
        *(long*)(at + EventSize - sizeof(long)) = key;
    }

    public static (uint Events, long Key) ReadEvent(byte* at) => (*(uint*)at, *(long*)(at + EventSize - sizeof(long)));
}
