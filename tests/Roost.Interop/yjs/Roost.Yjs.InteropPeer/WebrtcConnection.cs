using System.Threading.Channels;
using Roost.Rtc.Net;

namespace Roost.Yjs.InteropPeer;

/// <summary>One data channel of simple-peer's kind that carries y-webrtc's messages.</summary>
internal sealed class WebrtcConnection(Replica replica, string name) : Connection
{
    private readonly Channel<byte[]> _out = Channel.CreateUnbounded<byte[]>(new() { SingleReader = true });

    public string Name => name;

    public RtcPeerConnection Peer { get; } = new(new RtcConfiguration { IncludeLoopback = true });

    /// <summary>When we offered; decides which of two offers that cross is taken. 0: nothing is under way.</summary>
    public double Token { get; set; }

    public override void Send(byte[] message) => _out.Writer.TryWrite(message);

    public override void Cut() => _ = EndAsync();

    public async Task EndAsync()
    {
        _out.Writer.TryComplete();
        await Peer.DisposeAsync();
    }

    /// <summary>Speaks over a channel once it is open.</summary>
    public void Serve(DataChannel channel) => _ = ServeAsync(channel);

    private async Task ServeAsync(DataChannel channel)
    {
        await channel.Opened;
        replica.Open(this);
        var writing = WriteAsync(channel);
        await foreach (var message in channel.ReadAllAsync())
        {
            using (message)
            {
                if (!replica.Hear(this, message.Data.ToArray()))
                {
                    break;
                }
            }
        }
        replica.Close(this);
        await EndAsync();
        await writing.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private async Task WriteAsync(DataChannel channel)
    {
        await foreach (var message in _out.Reader.ReadAllAsync())
        {
            await channel.SendAsync(message, isText: false);
        }
    }
}
