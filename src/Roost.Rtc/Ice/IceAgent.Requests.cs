using System.Text;
using Roost.Core.Cores;
using Roost.Rtc.Stun;
using Roost.Rtc.Turn;

namespace Roost.Rtc.Ice;

/// <summary>Datagrams in: whose they are, and answers to the peer's checks (RFC 8445 §7.3).</summary>
public sealed partial class IceAgent
{
    private void OnDatagram(IceInput.Datagram datagram, Instant now)
    {
        foreach (var server in _turnServers)
        {
            if (server.Port == datagram.Port)
            {
                if (datagram.From == server.Address)
                {
                    server.Client.Handle(datagram.Bytes, now);
                    DrainTurn(server, now);
                }
                return;
            }
        }
        foreach (var local in _locals)
        {
            if (local.Port == datagram.Port && local.Relay is null)
            {
                OnStun(local, datagram.From, datagram.Bytes.Span, now);
                return;
            }
        }
    }

    private void OnStun(LocalBase local, TransportAddress from, ReadOnlySpan<byte> bytes, Instant now)
    {
        if (!StunMessage.TryRead(bytes, out var message))
        {
            return;
        }
        if (message.Type == StunType.BindingRequest)
        {
            OnRequest(message, local, from, now);
        }
        else if (message.Type is StunType.BindingSuccess or StunType.BindingError && !OnQueryAnswer(message, from))
        {
            OnCheckAnswer(message, local, from, now);
        }
    }

    private void OnRequest(in StunMessage message, LocalBase local, TransportAddress from, Instant now)
    {
        // USERNAME is "ours:theirs". Our own requests, reflected by someone, carry the reverse and end here.
        if (!message.TryFind(StunAttribute.Username, out var username) || !IsForUs(username) || !message.HasIntegrity(_localKey))
        {
            return;
        }
        if (message.FirstUnknownRequired is var unknown && unknown != 0)
        {
            AnswerUnknown(message, local, from, unknown, now);
            return;
        }
        if (HasRoleConflict(message, out var mustAnswer))
        {
            if (mustAnswer)
            {
                AnswerConflict(message, local, from, now);
                return;
            }
            SetRole(Role == IceRole.Controlling ? IceRole.Controlled : IceRole.Controlling);
        }
        AnswerSuccess(message, local, from, now);
        Emit(new IceEffect.PeerAddress(local.Port, from));
        message.TryFindUInt32(StunAttribute.Priority, out var priority);
        if (AddRemote(from, priority, IceCandidateType.PeerReflexive, now) is not { } remote
            || (FindPair(local, from) ?? AddPair(local, remote, now)) is not { } pair)
        {
            return;
        }
        var nominated = message.TryFind(StunAttribute.UseCandidate, out _) && Role == IceRole.Controlled;
        if (pair.State == PairState.Succeeded)
        {
            if (nominated)
            {
                Select(pair, now);
            }
            return;
        }
        pair.NominationWanted |= nominated;
        if (pair.State != PairState.InProgress || pair.Tries > 1)
        {
            Trigger(pair);
        }
    }

    private bool IsForUs(ReadOnlySpan<byte> username)
    {
        Span<byte> ours = stackalloc byte[257];
        var length = Encoding.UTF8.GetBytes(Local.UsernameFragment, ours);
        ours[length] = (byte)':';
        return username.StartsWith(ours[..(length + 1)]);
    }

    /// <summary>RFC 8445 §7.3.1.1: the larger tie-breaker controls.</summary>
    private bool HasRoleConflict(in StunMessage message, out bool mustAnswer)
    {
        mustAnswer = false;
        if (Role == IceRole.Controlling && message.TryFindUInt64(StunAttribute.IceControlling, out var theirs))
        {
            mustAnswer = _tieBreaker >= theirs;
            return true;
        }
        if (Role == IceRole.Controlled && message.TryFindUInt64(StunAttribute.IceControlled, out theirs))
        {
            mustAnswer = _tieBreaker < theirs;
            return true;
        }
        return false;
    }

    private void AnswerSuccess(in StunMessage message, LocalBase local, TransportAddress from, Instant now)
    {
        Span<byte> buffer = stackalloc byte[128];
        var writer = new StunWriter(buffer, StunType.BindingSuccess, message.TransactionId);
        writer.AddXorAddress(StunAttribute.XorMappedAddress, from);
        SendFrom(local, from, buffer[..writer.Finish(_localKey)], now);
    }

    private void AnswerConflict(in StunMessage message, LocalBase local, TransportAddress from, Instant now)
    {
        Span<byte> buffer = stackalloc byte[128];
        var writer = new StunWriter(buffer, StunType.BindingError, message.TransactionId);
        writer.AddError(StunError.RoleConflict, "Role Conflict"u8);
        SendFrom(local, from, buffer[..writer.Finish(_localKey)], now);
    }

    private void AnswerUnknown(in StunMessage message, LocalBase local, TransportAddress from, ushort unknown, Instant now)
    {
        Span<byte> buffer = stackalloc byte[128];
        var writer = new StunWriter(buffer, StunType.BindingError, message.TransactionId);
        writer.AddError(StunError.UnknownAttribute, "Unknown Attribute"u8);
        Span<byte> types = [(byte)(unknown >> 8), (byte)unknown];
        writer.Add(StunAttribute.UnknownAttributes, types);
        SendFrom(local, from, buffer[..writer.Finish(_localKey)], now);
    }

    private void DrainTurnOf(LocalBase local, Instant now)
    {
        if (local.Relay is not null && _turnServers.Find(t => t.Client == local.Relay) is { } server)
        {
            DrainTurn(server, now);
        }
    }

    private TransportAddress ServerOf(LocalBase local) => _turnServers.Find(t => t.Client == local.Relay)!.Address;

    /// <summary>The TURN server the path's packets are sent to.</summary>
    internal TransportAddress PathServer => ServerOf(_pathPair!.Local);

    private void DrainTurn(TurnServerState server, Instant now)
    {
        while (server.Client.TryTake(out var effect))
        {
            switch (effect.Kind)
            {
                case TurnEffectKind.Send:
                    Emit(new IceEffect.Send(server.Port, server.Address, effect.Bytes));
                    break;
                case TurnEffectKind.Allocated:
                    OnAllocated(server, now);
                    break;
                case TurnEffectKind.Received when server.Base is { } local:
                    if (StunMessage.LooksLikeStun(effect.Bytes.Span))
                    {
                        OnStun(local, effect.Peer, effect.Bytes.Span, now);
                    }
                    else if (_remotes.Exists(r => r.Address == effect.Peer))
                    {
                        Emit(new IceEffect.Relayed(effect.Bytes, effect.Peer));
                    }
                    break;
                case TurnEffectKind.Failed:
                    Emit(new IceEffect.ServerFailed(server.Address, effect.ErrorCode));
                    if (server.Base is not null)
                    {
                        OnPortLost(server.Port, now);
                    }
                    CheckGathered(now);
                    break;
            }
        }
    }
}
