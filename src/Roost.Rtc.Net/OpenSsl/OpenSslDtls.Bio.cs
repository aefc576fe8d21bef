using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Roost.Rtc.Net.OpenSsl.NativeMethods;

namespace Roost.Rtc.Net.OpenSsl;

/// <summary>The BIO: OpenSSL reads the datagram at hand and writes records where the caller wants them.</summary>
internal sealed unsafe partial class OpenSslDtls
{
    /// <summary>The largest datagram taken; DTLS records are at most 16 KiB and a little.</summary>
    private const int MaxDatagram = 18_432;

    /// <summary>Longest wait between repetitions of a flight.</summary>
    private const uint MaxTimeoutMicroseconds = 4_000_000;

    private static readonly nint BioMethod = MakeBioMethod();

    /// <summary>One per thread suffices: a datagram is read to its end before the next one of any connection.</summary>
    [ThreadStatic]
    private static byte[]? s_incoming;

    private int _datagramLength;
    private int _incomingLength;
    private byte* _target;
    private int _targetRoom;
    private int _targetUsed;

    private static byte[] Incoming => s_incoming ??= new byte[MaxDatagram];

    private static nint MakeBioMethod()
    {
        OpenSslLibrary.Require();
        var method = BIO_meth_new(BioType, "roost datagram");
        _ = BIO_meth_set_create(method, &OnCreate);
        _ = BIO_meth_set_write(method, &OnWrite);
        _ = BIO_meth_set_read(method, &OnRead);
        _ = BIO_meth_set_ctrl(method, &OnControl);
        return method;
    }

    private static OpenSslDtls Owner(nint bio) => (OpenSslDtls)GCHandle.FromIntPtr(BIO_get_data(bio)).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnCreate(nint bio)
    {
        BIO_set_init(bio, 1);
        return 1;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnWrite(nint bio, byte* data, int length)
    {
        var owner = Owner(bio);
        owner.NoteWritten(new ReadOnlySpan<byte>(data, length));
        if (owner._target is not null)
        {
            if (owner._targetUsed + length > owner._targetRoom)
            {
                return -1;
            }
            Unsafe.CopyBlockUnaligned(owner._target + owner._targetUsed, data, (uint)length);
            owner._targetUsed += length;
        }
        else if (owner._waiting.Count < MaxWaiting)
        {
            owner._waiting.Enqueue(new ReadOnlySpan<byte>(data, length).ToArray());
        }
        return length;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnRead(nint bio, byte* buffer, int length)
    {
        var owner = Owner(bio);
        if (owner._incomingLength == 0)
        {
            BIO_set_flags(bio, BioFlagsReadRetry);
            return -1;
        }
        BIO_clear_flags(bio, BioFlagsAll);
        var count = Math.Min(length, owner._incomingLength);
        Incoming.AsSpan(0, count).CopyTo(new Span<byte>(buffer, count));
        owner._incomingLength = 0;
        return count;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint OnControl(nint bio, int command, nint number, nint pointer) => command == BioCtrlFlush ? 1 : 0;

    /// <summary>How long to wait for an answer to a flight: the start depends on the path, then it doubles.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static uint OnTimer(nint ssl, uint previousMicroseconds) =>
        previousMicroseconds == 0 ? Owner(SSL_get_rbio(ssl))._firstTimeoutMicroseconds : Math.Min(previousMicroseconds * 2, MaxTimeoutMicroseconds);
}
