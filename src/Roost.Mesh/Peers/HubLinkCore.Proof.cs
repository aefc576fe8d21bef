using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Peers;

public sealed partial class HubLinkCore
{
    private const ushort ReplacedCode = 13, DrainingCode = 22;

    private readonly byte[] _nonce = new byte[DoorTypes.NonceSize];
    private DoorFrame.Hello? _hello;
    private string? _refusal;

    private void HandleMessage(ReadOnlyMemory<byte> bytes, Instant now)
    {
        _heardAt = now;
        _pinged = false;
        if (!DoorCodec.TryRead(bytes, DoorSide.Hub, out var frame))
        {
            Fail("the hub sent what is no frame of this protocol", now);
            return;
        }
        switch (frame)
        {
            case DoorFrame.Hello hello when _state == HubLinkState.Greeting:
                Prove(hello, now);
                break;
            case DoorFrame.Welcome welcome when _state == HubLinkState.Proving:
                Enter(welcome, now);
                break;
            case DoorFrame.Error { Code: ReplacedCode }:
                Stop("replaced");
                _effects.Enqueue(new HubLinkEffect.Replaced());
                break;
            case DoorFrame.Error { Code: DrainingCode }:
                GoElsewhere(now);
                break;
            case DoorFrame.Error error:
                _refusal = error.Text;
                Hear(error);
                break;
            case DoorFrame.Ping ping when IsOnline:
                Transmit(new DoorFrame.Pong(ping.Echo));
                break;
            case DoorFrame.Pong or DoorFrame.Unknown:
                break;
            default:
                if (_state is HubLinkState.Online or HubLinkState.Leaving)
                {
                    Hear(frame);
                }
                else
                {
                    Fail("the hub spoke out of turn", now);
                }
                break;
        }
    }

    /// <summary>Its operator takes the hub out: says goodbye as the last thing, hears what the hub has for us, and goes on when it closes.</summary>
    private void GoElsewhere(Instant now)
    {
        if (IsOnline && _hubs.Count > 1)
        {
            Transmit(new DoorFrame.Goodbye());
            _state = HubLinkState.Leaving;
            _deadline = now + _options.ConnectWithin;
            _effects.Enqueue(new HubLinkEffect.Offline("the hub is being taken out of its mesh", now));
        }
    }

    private void Prove(DoorFrame.Hello hello, Instant now)
    {
        if (hello.Version != 1 || !Ed25519.IsAcceptable(hello.HubKey))
        {
            Fail("the hub speaks another version of this protocol", now);
            return;
        }
        _hello = hello with { HubNonce = hello.HubNonce.ToArray() };
        _dice.Fill(_nonce);
        // Later than any earlier proof of this key: hubs tell by it which of two connections is the newer (docs/protocol/mesh.md, "Leases").
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(_nonce, (ulong)now.UnixMilliseconds);
        var key = _options.Identity.PublicKey;
        var signature = _options.Identity.Sign(
            DoorProof.AuthMessage(hello.HubKey, hello.HubNonce.Span, key, _nonce, _options.Network, Current.Authority));
        _state = HubLinkState.Proving;
        Transmit(new DoorFrame.Auth(key, _nonce, _options.Network, Current.Authority, signature));
    }

    private void Enter(DoorFrame.Welcome welcome, Instant now)
    {
        var proof = DoorProof.WelcomeMessage(
            _hello!.HubKey, _hello.HubNonce.Span, _options.Identity.PublicKey, _nonce, _options.Network, Current.Authority, welcome.Json.Span);
        if (!Ed25519.Verify(_hello.HubKey, proof, welcome.Signature.Span))
        {
            Fail("the hub did not prove its key", now);
            return;
        }
        _state = HubLinkState.Online;
        _onlineSince = now;
        _refusal = null;
        _tried = 0;
        Learn(welcome.Json);
        _deadline = now + _options.PingAfter;
        _effects.Enqueue(new HubLinkEffect.Online(Current.Origin, _hello.HubKey, welcome.Json.ToArray()));
        foreach (var join in _rooms.Values)
        {
            SendJoin(join);
        }
    }

    /// <summary>Remembers where else to go. What it was told by its own hubs comes after what the app named, and never replaces it.</summary>
    private void Learn(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var welcome = System.Text.Json.JsonDocument.Parse(json);
            if (!_options.LearnHubs || !welcome.RootElement.TryGetProperty("hubs", out var hubs) || hubs.ValueKind != System.Text.Json.JsonValueKind.Array)
            {
                return;
            }
            string current = _hubs[_hub];
            _hubs.RemoveRange(_options.Hubs.Count, _hubs.Count - _options.Hubs.Count);
            foreach (var hub in hubs.EnumerateArray().Take(MaxLearned))
            {
                if (hub.ValueKind == System.Text.Json.JsonValueKind.String && HubAddress.TryParse(hub.GetString()!, out var address) && !_hubs.Contains(address.Origin))
                {
                    _hubs.Add(address.Origin);
                }
            }
            if (!_hubs.Contains(current))
            {
                _hubs.Add(current);
            }
            _hub = _hubs.IndexOf(current);
        }
        catch (System.Text.Json.JsonException)
        {
            // A hub of another kind; its proof holds, its list is not for us.
        }
    }

    private void SendJoin(HubLinkInput.Join join)
    {
        var signature = join.Key.Sign(_hello!.HubNonce.Span, _self, join.Session);
        byte flags = join.HostsOnly ? DoorTypes.HostsOnly : (byte)0;
        Transmit(new DoorFrame.Join(join.Key.Room, join.Key.Owner, join.Key.PublicKey, join.Session, flags, signature));
    }

    private void Hear(DoorFrame frame) => _effects.Enqueue(new HubLinkEffect.Heard(frame));
}
