namespace Roost.Hub.Mesh;

/// <summary>Sealed bytes on all links of a hub since it started, those that ended too. From any thread.</summary>
internal sealed class LinkTraffic
{
    private long _sent, _received;

    public long BytesSent => Interlocked.Read(ref _sent);

    public long BytesReceived => Interlocked.Read(ref _received);

    public void Sent(int bytes) => Interlocked.Add(ref _sent, bytes);

    public void Received(int bytes) => Interlocked.Add(ref _received, bytes);
}
