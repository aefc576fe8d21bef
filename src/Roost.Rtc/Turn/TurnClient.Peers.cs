using Roost.Core.Cores;
using Roost.Rtc.Stun;

namespace Roost.Rtc.Turn;

/// <summary>Permissions (RFC 8656 §9) and channels (§12) for peers.</summary>
public sealed partial class TurnClient
{
    /// <summary>A permission lives five minutes (RFC 8656 §9), a channel ten (§12).</summary>
    private static readonly TimeSpan RenewPermission = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan RenewChannel = TimeSpan.FromMinutes(9);

    private readonly Dictionary<UInt128, Permission> _permissions = [];
    private readonly Dictionary<TransportAddress, Channel> _channels = [];
    private readonly Dictionary<ushort, TransportAddress> _byChannel = [];

    /// <summary>Whether packets from and to a peer pass.</summary>
    public bool IsPermitted(TransportAddress peer) => _permissions.TryGetValue(peer.Bits, out var permission) && permission.Stands;

    /// <summary>Asks the server to let a peer's address through; <see cref="TurnEffectKind.Permitted"/> follows. Idempotent.</summary>
    public void Permit(TransportAddress peer, Instant now)
    {
        if (State == TurnState.Allocated && !_permissions.ContainsKey(peer.Bits) && _permissions.Count < _options.MaxPermissions)
        {
            _permissions[peer.Bits] = new Permission(peer, false, now + RenewPermission);
            Request(StunType.CreatePermissionRequest, peer, 0, now);
        }
    }

    /// <summary>Asks for a channel to a peer, which makes each packet 32 bytes shorter. Idempotent.</summary>
    public void Bind(TransportAddress peer, Instant now)
    {
        var number = (ushort)(ChannelData.FirstChannel + _channels.Count);
        if (State == TurnState.Allocated && !_channels.ContainsKey(peer) && number <= ChannelData.LastChannel
            && _channels.Count < _options.MaxPermissions)
        {
            _channels[peer] = new Channel(number, false, now + RenewChannel);
            Request(StunType.ChannelBindRequest, peer, number, now);
        }
    }

    /// <summary>Wraps a packet for a peer: ChannelData where a channel stands, otherwise a Send indication.</summary>
    /// <param name="peer">Where it is to go.</param>
    /// <param name="payload">The packet.</param>
    /// <param name="destination">At least 64 bytes longer than the payload.</param>
    /// <returns>Bytes written.</returns>
    public int Wrap(TransportAddress peer, ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        if (_channels.TryGetValue(peer, out var channel) && channel.Stands)
        {
            return ChannelData.Write(destination, channel.Number, payload);
        }
        var writer = new StunWriter(destination, StunType.SendIndication, NextId());
        writer.AddXorAddress(StunAttribute.XorPeerAddress, peer);
        writer.Add(StunAttribute.Data, payload);
        return writer.Finish(default, fingerprint: false);
    }

    private void OnPermitted(TransportAddress peer, Instant now)
    {
        var isNew = !IsPermitted(peer);
        _permissions[peer.Bits] = new Permission(peer, true, now + RenewPermission);
        if (isNew)
        {
            _effects.Enqueue(new TurnEffect(TurnEffectKind.Permitted, peer));
        }
    }

    private void OnBound(TransportAddress peer, Instant now)
    {
        if (_channels.TryGetValue(peer, out var channel))
        {
            _channels[peer] = channel with { Stands = true, RenewAt = now + RenewChannel };
            _byChannel[channel.Number] = peer;
            OnPermitted(peer, now); // binding a channel installs a permission too
        }
    }

    private void RenewPeers(Instant now)
    {
        foreach (var (bits, permission) in _permissions.Where(p => p.Value.RenewAt <= now).ToArray())
        {
            _permissions[bits] = permission with { RenewAt = now + RenewPermission };
            Request(StunType.CreatePermissionRequest, permission.Peer, 0, now);
        }
        foreach (var (peer, channel) in _channels.Where(c => c.Value.RenewAt <= now).ToArray())
        {
            _channels[peer] = channel with { RenewAt = now + RenewChannel };
            Request(StunType.ChannelBindRequest, peer, channel.Number, now);
        }
    }

    private Instant NextRenewal()
    {
        var next = Instant.Never;
        foreach (var permission in _permissions.Values)
        {
            next = Instant.Min(next, permission.RenewAt);
        }
        foreach (var channel in _channels.Values)
        {
            next = Instant.Min(next, channel.RenewAt);
        }
        return next;
    }

    private readonly record struct Permission(TransportAddress Peer, bool Stands, Instant RenewAt);

    private readonly record struct Channel(ushort Number, bool Stands, Instant RenewAt);
}
