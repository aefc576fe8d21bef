using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Roost.Core.Cores;
using Roost.Rtc.Stun;

namespace Roost.Rtc.Turn;

/// <summary>One allocation on a TURN server (RFC 8656) as a pure core. Its input is whatever comes from the server.</summary>
/// <remarks>Works over UDP and over a stream; the shell frames streams. Not thread-safe; one driver.</remarks>
public sealed partial class TurnClient : IProtocolCore<ReadOnlyMemory<byte>, TurnEffect>
{
    /// <summary>REQUESTED-TRANSPORT for UDP (RFC 8656 §18.7).</summary>
    private const uint UdpTransport = 17u << 24;

    private readonly TurnCredentials _credentials;
    private readonly TurnOptions _options;
    private readonly Dice _dice;
    private readonly uint _transactionPrefix;
    private readonly bool _isReliable;
    private readonly bool _wantIPv6;
    private readonly Queue<TurnEffect> _effects = new();
    private byte[] _key = [];
    private string _realm = "";
    private byte[] _nonce = [];
    private int _challenges;
    private Instant _refreshAt = Instant.Never;

    /// <summary>Makes a client; <see cref="Start"/> sends the first request.</summary>
    /// <param name="credentials">The long-term credentials.</param>
    /// <param name="options">Limits and habits.</param>
    /// <param name="dice">Source of transaction ids.</param>
    /// <param name="isReliable">True over TCP or TLS: no retransmission.</param>
    /// <param name="wantIPv6">Ask for an IPv6 relayed address.</param>
    /// <param name="transactionPrefix">First 32 bits of every transaction id, by which a shared socket finds its owner.</param>
    public TurnClient(TurnCredentials credentials, TurnOptions options, Dice dice, bool isReliable, bool wantIPv6, uint transactionPrefix)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(dice);
        _credentials = credentials;
        _options = options;
        _dice = dice;
        _isReliable = isReliable;
        _wantIPv6 = wantIPv6;
        _transactionPrefix = transactionPrefix;
    }

    /// <summary>Where the allocation stands.</summary>
    public TurnState State { get; private set; }

    /// <summary>The address on the server that forwards to us.</summary>
    public TransportAddress Relayed { get; private set; }

    /// <summary>Our address as the server sees it.</summary>
    public TransportAddress Mapped { get; private set; }

    /// <summary>Sends the first Allocate request; the server's refusal brings realm and nonce.</summary>
    public void Start(Instant now)
    {
        if (State == TurnState.Idle)
        {
            State = TurnState.Allocating;
            Request(StunType.AllocateRequest, default, 0, now);
        }
    }

    /// <summary>Gives the allocation back (lifetime 0).</summary>
    public void Release(Instant now)
    {
        if (State == TurnState.Allocated)
        {
            _transactions.Clear();
            State = TurnState.Released;
            Request(StunType.RefreshRequest, default, 0, now);
            _transactions.Clear();
        }
    }

    /// <summary>The way to the server is gone, and the allocation with it.</summary>
    public void Lose()
    {
        if (State is TurnState.Allocating or TurnState.Allocated)
        {
            State = TurnState.Failed;
            _transactions.Clear();
            _permissions.Clear();
        }
    }

    /// <inheritdoc/>
    public bool TryTake([MaybeNullWhen(false)] out TurnEffect effect) => _effects.TryDequeue(out effect);

    /// <inheritdoc/>
    public void Handle(ReadOnlyMemory<byte> input, Instant now)
    {
        var bytes = input.Span;
        if (ChannelData.TryRead(bytes, out var channel, out var payload))
        {
            if (_byChannel.TryGetValue(channel, out var peer))
            {
                _effects.Enqueue(new TurnEffect(TurnEffectKind.Received, peer, input.Slice(ChannelData.HeaderLength, payload.Length)));
            }
            return;
        }
        if (!StunMessage.TryRead(bytes, out var message))
        {
            return;
        }
        if (message.Type == StunType.DataIndication)
        {
            OnData(message, input);
        }
        else if (StunType.IsSuccess(message.Type) || StunType.IsError(message.Type))
        {
            OnResponse(message, now);
        }
    }

    private void OnData(in StunMessage message, ReadOnlyMemory<byte> input)
    {
        if (message.TryFindAddress(StunAttribute.XorPeerAddress, out var peer) && message.TryFind(StunAttribute.Data, out var data)
            && _permissions.ContainsKey(peer.Bits))
        {
            input.Span.Overlaps(data, out var offset);
            _effects.Enqueue(new TurnEffect(TurnEffectKind.Received, peer, input.Slice(offset, data.Length)));
        }
    }

    private void OnResponse(in StunMessage message, Instant now)
    {
        if (!_transactions.TryGetValue(message.TransactionId, out var transaction) || StunType.RequestOf(message.Type) != transaction.Type)
        {
            return;
        }
        if (StunType.IsError(message.Type) && message.ErrorCode is StunError.Unauthenticated or StunError.StaleNonce)
        {
            _transactions.Remove(message.TransactionId);
            OnChallenge(message, transaction, now);
            return;
        }
        // Once a key is agreed, an answer without it is forged (RFC 8489 §9.2.5).
        if (_key.Length > 0 && transaction.Authenticated && !message.HasIntegrity(_key))
        {
            return;
        }
        _transactions.Remove(message.TransactionId);
        if (StunType.IsError(message.Type))
        {
            OnError(message.ErrorCode, transaction);
            return;
        }
        switch (transaction.Type)
        {
            case StunType.AllocateRequest: OnAllocated(message, now); break;
            case StunType.RefreshRequest: OnRefreshed(message, now); break;
            case StunType.CreatePermissionRequest: OnPermitted(transaction.Peer, now); break;
            case StunType.ChannelBindRequest: OnBound(transaction.Peer, now); break;
        }
    }

    private void OnChallenge(in StunMessage message, in Transaction transaction, Instant now)
    {
        // One stale nonce is news, a row of them is a loop.
        if (++_challenges > 4 || !message.TryFind(StunAttribute.Nonce, out var nonce) || nonce.Length > 763)
        {
            Fail(message.ErrorCode);
            return;
        }
        _nonce = nonce.ToArray();
        if (message.TryFind(StunAttribute.Realm, out var realm) && realm.Length <= 763)
        {
            _realm = Encoding.UTF8.GetString(realm);
        }
        _key = MD5.HashData(Encoding.UTF8.GetBytes($"{_credentials.Username}:{_realm}:{_credentials.Password}"));
        Request(transaction.Type, transaction.Peer, transaction.Channel, now);
    }

    private void OnError(int code, in Transaction transaction)
    {
        if (transaction.Type is StunType.AllocateRequest or StunType.RefreshRequest)
        {
            Fail(code);
        }
        else if (transaction.Type == StunType.CreatePermissionRequest)
        {
            _permissions.Remove(transaction.Peer.Bits);
        }
        else
        {
            _channels.Remove(transaction.Peer);
        }
    }

    private void OnAllocated(in StunMessage message, Instant now)
    {
        if (State != TurnState.Allocating || !message.TryFindAddress(StunAttribute.XorRelayedAddress, out var relayed)
            || !message.TryFindAddress(StunAttribute.XorMappedAddress, out var mapped))
        {
            return;
        }
        Relayed = relayed;
        Mapped = mapped;
        State = TurnState.Allocated;
        OnRefreshed(message, now);
        _effects.Enqueue(new TurnEffect(TurnEffectKind.Allocated));
    }

    private void OnRefreshed(in StunMessage message, Instant now)
    {
        _challenges = 0;
        var seconds = message.TryFindUInt32(StunAttribute.Lifetime, out var lifetime) ? Math.Clamp(lifetime, 30, 3600) : 600;
        // Early enough for a few lost requests.
        _refreshAt = now + TimeSpan.FromSeconds(seconds) * 0.5;
    }

    private void Fail(int code)
    {
        if (State is TurnState.Allocating or TurnState.Allocated)
        {
            Lose();
            _effects.Enqueue(new TurnEffect(TurnEffectKind.Failed, ErrorCode: code));
        }
    }
}
