using Roost.Core.Cores;
using Roost.Rtc.Stun;

namespace Roost.Rtc.Turn;

/// <summary>Requests and their repetition (RFC 8489 §6.2).</summary>
public sealed partial class TurnClient
{
    /// <summary>A server that answers slowly over a stream gets this long.</summary>
    private static readonly TimeSpan ReliableTimeout = TimeSpan.FromSeconds(39.5); // RFC 8489 §6.2.2

    private readonly Dictionary<StunTransactionId, Transaction> _transactions = [];

    /// <inheritdoc/>
    public Wake? NextWake
    {
        get
        {
            if (State is TurnState.Failed or TurnState.Released or TurnState.Idle)
            {
                return null;
            }
            var next = Instant.Min(_refreshAt, NextRenewal());
            foreach (var transaction in _transactions.Values)
            {
                next = Instant.Min(next, transaction.RepeatAt);
            }
            return next == Instant.Never ? null : new Wake(next, "repeat or renew at the TURN server");
        }
    }

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        if (State is TurnState.Failed or TurnState.Released or TurnState.Idle)
        {
            return;
        }
        foreach (var (id, transaction) in _transactions.Where(t => t.Value.RepeatAt <= now).ToArray())
        {
            if (_isReliable || transaction.Tries >= _options.MaxTries)
            {
                _transactions.Remove(id);
                OnSilence(transaction);
                continue;
            }
            _transactions[id] = transaction with { Tries = transaction.Tries + 1, RepeatAt = now + _options.InitialRto * (1 << Math.Min(transaction.Tries, 6)) };
            _effects.Enqueue(new TurnEffect(TurnEffectKind.Send, Bytes: transaction.Bytes));
        }
        if (_refreshAt <= now)
        {
            _refreshAt = now + _options.Lifetime / 4;
            Request(StunType.RefreshRequest, default, 0, now);
        }
        RenewPeers(now);
    }

    private void OnSilence(in Transaction transaction)
    {
        if (transaction.Type is StunType.AllocateRequest or StunType.RefreshRequest)
        {
            Fail(0);
        }
        else
        {
            OnError(0, transaction);
        }
    }

    private void Request(ushort type, TransportAddress peer, ushort channel, Instant now)
    {
        Span<byte> buffer = stackalloc byte[StunMessage.MaxLength + 1024];
        var id = NextId();
        var writer = new StunWriter(buffer, type, id);
        switch (type)
        {
            case StunType.AllocateRequest:
                writer.AddUInt32(StunAttribute.RequestedTransport, UdpTransport);
                writer.AddUInt32(StunAttribute.Lifetime, (uint)_options.Lifetime.TotalSeconds);
                if (_wantIPv6)
                {
                    writer.AddUInt32(StunAttribute.RequestedAddressFamily, 2u << 24);
                }
                break;
            case StunType.RefreshRequest:
                writer.AddUInt32(StunAttribute.Lifetime, State == TurnState.Released ? 0 : (uint)_options.Lifetime.TotalSeconds);
                break;
            case StunType.ChannelBindRequest:
                writer.AddUInt32(StunAttribute.ChannelNumber, (uint)channel << 16);
                writer.AddXorAddress(StunAttribute.XorPeerAddress, peer);
                break;
            default:
                writer.AddXorAddress(StunAttribute.XorPeerAddress, peer);
                break;
        }
        if (_key.Length > 0)
        {
            writer.Add(StunAttribute.Username, _credentials.Username);
            writer.Add(StunAttribute.Realm, _realm);
            writer.Add(StunAttribute.Nonce, _nonce);
        }
        var bytes = buffer[..writer.Finish(_key)].ToArray();
        var wait = _isReliable ? ReliableTimeout : _options.InitialRto;
        _transactions[id] = new Transaction(type, bytes, 1, now + wait, peer, channel, _key.Length > 0);
        _effects.Enqueue(new TurnEffect(TurnEffectKind.Send, Bytes: bytes));
    }

    private StunTransactionId NextId() => new(_transactionPrefix, _dice.NextUInt64());

    private readonly record struct Transaction(
        ushort Type, byte[] Bytes, int Tries, Instant RepeatAt, TransportAddress Peer, ushort Channel, bool Authenticated);
}
