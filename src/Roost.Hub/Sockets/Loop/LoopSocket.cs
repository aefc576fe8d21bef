using System.IO.Pipelines;

namespace Roost.Hub.Sockets.Loop;

/// <summary>One TCP connection of a <see cref="SocketLoop"/>, as a pair of pipes. It ends when both are completed.</summary>
/// <remarks>Every call on the descriptor is made under <see cref="Gate"/>: a closed descriptor's number may be another's at once.</remarks>
internal sealed class LoopSocket : Watched, IDuplexPipe
{
    public const uint Events = Libc.In | Libc.Out | Libc.ReadHangUp | Libc.EdgeTriggered;

    private readonly Action<LoopSocket> _ended;
    private bool _readerDone;
    private bool _writerDone;

    /// <summary>Takes over a descriptor; the loop watches it, or is about to.</summary>
    public LoopSocket(SocketLoop loop, int descriptor, Action<LoopSocket> ended)
    {
        Loop = loop;
        Descriptor = descriptor;
        _ended = ended;
        Reader = new LoopReader(this);
        Writer = new LoopWriter(this);
    }

    public Lock Gate { get; } = new();

    public SocketLoop Loop { get; }

    public int Descriptor { get; }

    public LoopReader Reader { get; }

    public LoopWriter Writer { get; }

    /// <summary>The descriptor is closed. Under <see cref="Gate"/>.</summary>
    public bool Closed { get; private set; }

    PipeReader IDuplexPipe.Input => Reader;

    PipeWriter IDuplexPipe.Output => Writer;

    public override void Happened(uint events)
    {
        if ((events & (Libc.Out | Libc.Error | Libc.HangUp)) != 0)
        {
            Writer.MaySend();
        }
        if ((events & (Libc.In | Libc.ReadHangUp | Libc.Error | Libc.HangUp)) != 0)
        {
            Reader.Arrived(ends: (events & ~(Libc.In | Libc.Out)) != 0);
        }
    }

    /// <summary>Cuts the connection; both pipes notice. From any thread.</summary>
    public void Abort()
    {
        lock (Gate)
        {
            if (!Closed)
            {
                _ = Libc.ShutDown(Descriptor, Libc.Both);
            }
        }
    }

    public override void Abandon() => Abort();

    public void Done(bool reader)
    {
        lock (Gate)
        {
            _readerDone |= reader;
            _writerDone |= !reader;
            if (Closed || !_readerDone || !_writerDone)
            {
                return;
            }
            Closed = true;
            Loop.Forget(this); // Before the number is free for another.
            _ = Libc.ShutDown(Descriptor, Libc.Both);
            _ = Libc.Close(Descriptor);
        }
        _ended(this);
    }
}
