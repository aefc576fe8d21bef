using System.Net;
using System.Runtime.InteropServices;

namespace Roost.Hub.Sockets.Loop;

// Begun ─▶ connected, refused or abandoned: the first of these decides.

/// <summary>A connection that this end opens, until it is open.</summary>
internal sealed unsafe class Connecting(SocketLoop loop, LoopDialler dialler) : Watched
{
    private readonly TaskCompletionSource<LoopSocket> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _descriptor = -1;
    private bool _done;

    /// <summary>The connection, once.</summary>
    public Task<LoopSocket> Connected => _connected.Task;

    /// <summary>Asks the kernel to connect.</summary>
    /// <exception cref="IOException">It will not.</exception>
    public void Begin(IPEndPoint to)
    {
        var address = to.Serialize();
        _descriptor = Libc.Socket((int)address.Buffer.Span[0], Libc.Stream | Libc.NonBlocking | Libc.CloseOnExec, 0);
        if (_descriptor < 0)
        {
            throw Failure(Libc.LastError);
        }
        int on = 1, result;
        _ = Libc.SetOption(_descriptor, Libc.TcpLevel, Libc.NoDelay, &on, sizeof(int));
        fixed (byte* bytes = address.Buffer.Span)
        {
            result = Libc.Connect(_descriptor, bytes, address.Size);
        }
        int error = Libc.LastError;
        if (result < 0 && error != Libc.InProgress)
        {
            _ = Libc.Close(_descriptor);
            throw Failure(error);
        }
        try
        {
            loop.Watch(_descriptor, this, LoopSocket.Events);
        }
        catch
        {
            _ = Libc.Close(_descriptor);
            throw;
        }
    }

    public override void Happened(uint events)
    {
        if (_done || (events & (Libc.Out | Libc.Error | Libc.HangUp)) == 0)
        {
            return;
        }
        int error = 0, size = sizeof(int);
        if (Libc.GetOption(_descriptor, Libc.SocketLevel, Libc.SocketError, &error, &size) < 0)
        {
            error = Libc.LastError;
        }
        if (error != 0)
        {
            Close();
            _connected.SetException(Failure(error));
            return;
        }
        _done = true;
        var socket = dialler.Opened(loop, _descriptor);
        loop.Replace(this, socket);
        socket.Reader.Arrived(ends: (events & ~(Libc.In | Libc.Out)) != 0);
        _connected.SetResult(socket);
    }

    /// <summary>Gives up, from any thread.</summary>
    public void Cut() => loop.Ask(Abandon);

    public override void Abandon()
    {
        if (!_done)
        {
            Close();
            _connected.SetCanceled();
        }
    }

    private void Close()
    {
        _done = true;
        loop.Forget(this);
        _ = Libc.Close(_descriptor);
    }

    private static IOException Failure(int error) => new(Marshal.GetPInvokeErrorMessage(error));
}
