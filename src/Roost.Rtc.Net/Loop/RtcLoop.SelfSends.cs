using Roost.Rtc.Net.Io;
using Roost.Rtc.Peer;
using Roost.Rtc.Stun;

namespace Roost.Rtc.Net.Loop;

/// <summary>Two peers of one loop that talk to each other share a socket: sender and receiver have one address, which says nothing.</summary>
/// <remarks>Their datagrams stay in the loop. STUN names its receiver; whom a peer's STUN reached also gets its DTLS.</remarks>
internal sealed partial class RtcLoop
{
    /// <summary>Bytes on their way between peers of this loop; more are dropped, as by a full socket.</summary>
    private const int MaxSelfBytes = 4 << 20;

    private readonly Queue<SelfSend> _selfSends = new();
    private int _selfBytes;

    private void SendToSelf(LoopPeer sender, IUdpPort port, in PeerEffect effect)
    {
        if (_selfBytes + effect.Bytes.Length <= MaxSelfBytes)
        {
            _selfBytes += effect.Bytes.Length;
            var buffer = MessagePool.Rent(effect.Bytes.Length);
            effect.Bytes.CopyTo(buffer);
            _selfSends.Enqueue(new SelfSend(sender, port, buffer, effect.Bytes.Length, effect.SegmentBytes));
        }
    }

    private void DeliverSelfSends()
    {
        for (var left = _selfSends.Count; left > 0; left--)
        {
            var sent = _selfSends.Dequeue();
            _selfBytes -= sent.Length;
            DeliverSelfSend(sent);
            MessagePool.Return(sent.Buffer);
        }
    }

    private void DeliverSelfSend(in SelfSend sent)
    {
        var (sender, port) = (sent.Sender, sent.Port);
        var bytes = sent.Buffer.AsMemory(0, sent.Length);
        var receiver = StunMessage.LooksLikeStun(bytes.Span) ? FindPeer(port.Number, port.Address, bytes.Span) : sender.Neighbour;
        if (receiver is null || receiver == sender || receiver.IsRemoved)
        {
            return;
        }
        sender.Neighbour = receiver;
        receiver.Neighbour ??= sender;
        Deliver(receiver, new PeerInput(port.Number, port.Address, bytes, sent.SegmentBytes, MoreFollows: true));
    }

    private readonly record struct SelfSend(LoopPeer Sender, IUdpPort Port, byte[] Buffer, int Length, int SegmentBytes);
}
