using System.Net.WebSockets;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Mesh.Wire;

namespace Roost.Hub.Tests;

/// <summary>An own peer at the <c>/roost</c> door, on .NET's own WebSocket client.</summary>
internal sealed class TestPeer : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[DoorTypes.MaxMessage];

    public TestPeer(byte keySeed) => Key = SigningKey.FromSeed([.. Enumerable.Repeat(keySeed, 32)]);

    public SigningKey Key { get; }

    public PeerId Id => PeerId.OfKey(Key.PublicKey);

    public DoorFrame.Hello Hello { get; private set; } = null!;

    public DoorFrame.Welcome? Welcome { get; private set; }

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public ClientWebSocket Socket => _socket;

    public static async Task<TestPeer> EnterAsync(HubHost hub, byte keySeed, string network = "", string? authority = null)
    {
        var peer = new TestPeer(keySeed);
        await peer.DialAsync(hub);
        await peer.AuthAsync(network, authority ?? $"127.0.0.1:{hub.Port}");
        peer.Welcome = await peer.HearAsync<DoorFrame.Welcome>();
        return peer;
    }

    public Task DialAsync(HubHost hub) => DialAsync(hub.Port);

    public async Task DialAsync(int port)
    {
        _socket.Options.AddSubProtocol(DoorTypes.Subprotocol);
        await _socket.ConnectAsync(new($"ws://127.0.0.1:{port}/roost"), Timeout());
        Hello = await HearAsync<DoorFrame.Hello>();
    }

    public async Task<DoorFrame.Auth> AuthAsync(string network, string authority)
    {
        var nonce = new byte[32];
        nonce[0] = 7;
        var proof = DoorProof.AuthMessage(Hello.HubKey, Hello.HubNonce.Span, Key.PublicKey, nonce, network, authority);
        var auth = new DoorFrame.Auth(Key.PublicKey, nonce, network, authority, Key.Sign(proof));
        await SayAsync(auth);
        return auth;
    }

    public Task JoinAsync(TestRoom room, byte flags = 0)
    {
        var session = new SessionId(new(1, 2));
        var proof = DoorProof.JoinMessage(Hello.HubNonce.Span, Id, room.Id, session);
        return SayAsync(new DoorFrame.Join(room.Id, room.Owner, room.Key.PublicKey, session, flags, room.Key.Sign(proof)));
    }

    public async Task SayAsync(DoorFrame frame) => await SayAsync(DoorCodec.ToArray(frame, DoorSide.Peer));

    public async Task SayAsync(byte[] message, WebSocketMessageType type = WebSocketMessageType.Binary) =>
        await _socket.SendAsync(message, type, true, Timeout());

    /// <summary>The next frame, which must be of this kind.</summary>
    public async Task<T> HearAsync<T>() where T : DoorFrame
    {
        var frame = await HearAsync();
        return frame as T ?? throw new InvalidOperationException($"heard {frame?.ToString() ?? $"a close with {CloseStatus}"} instead of {typeof(T).Name}");
    }

    /// <summary>The next frame, or null when the hub closed.</summary>
    public Task<DoorFrame?> HearAsync() => HearAsync(Timeout());

    /// <inheritdoc cref="HearAsync()"/>
    public async Task<DoorFrame?> HearAsync(CancellationToken patience)
    {
        int length = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), patience);
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }
            if (part.EndOfMessage)
            {
                Assert.True(DoorCodec.TryRead(_buffer.AsSpan(0, length).ToArray(), DoorSide.Hub, out var frame));
                return frame;
            }
        }
    }

    /// <summary>Expects an ERROR of this code and then, for a code above zero, a close with it.</summary>
    public async Task<DoorFrame.Error> RefusedAsync(ushort code, int close = 0)
    {
        var error = await HearAsync<DoorFrame.Error>();
        Assert.Equal(code, error.Code);
        if (close != 0)
        {
            Assert.Null(await HearAsync());
            Assert.Equal(close, (int?)CloseStatus);
        }
        return error;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        Key.Dispose();
        return default;
    }

    private static CancellationToken Timeout() => new CancellationTokenSource(Patience).Token;
}

/// <summary>A room of which one knows the secret.</summary>
internal sealed class TestRoom(byte seed, PublicKey? owner = null) : IDisposable
{
    public SigningKey Key { get; } = SigningKey.FromSeed([.. Enumerable.Repeat(seed, 32)]);

    public OwnerId Owner { get; } = owner?.ToOwnerId() ?? OwnerId.None;

    public RoomId Id => DoorProof.RoomOf(Owner, Key.PublicKey);

    public void Dispose() => Key.Dispose();
}
