namespace Roost.Rtc.Stun;

/// <summary>Message types of STUN and TURN that this library sends or understands (RFC 8489 §5, RFC 8656 §17).</summary>
internal static class StunType
{
    internal const ushort BindingRequest = 0x0001;
    internal const ushort BindingIndication = 0x0011;
    internal const ushort BindingSuccess = 0x0101;
    internal const ushort BindingError = 0x0111;
    internal const ushort AllocateRequest = 0x0003;
    internal const ushort RefreshRequest = 0x0004;
    internal const ushort SendIndication = 0x0016;
    internal const ushort DataIndication = 0x0017;
    internal const ushort CreatePermissionRequest = 0x0008;
    internal const ushort ChannelBindRequest = 0x0009;

    private const ushort ClassMask = 0x0110;

    internal static bool IsRequest(ushort type) => (type & ClassMask) == 0;
    internal static bool IsIndication(ushort type) => (type & ClassMask) == 0x0010;
    internal static bool IsSuccess(ushort type) => (type & ClassMask) == 0x0100;
    internal static bool IsError(ushort type) => (type & ClassMask) == 0x0110;
    internal static ushort SuccessOf(ushort request) => (ushort)(request | 0x0100);
    internal static ushort ErrorOf(ushort request) => (ushort)(request | 0x0110);
    internal static ushort RequestOf(ushort response) => (ushort)(response & ~ClassMask);
}

/// <summary>Attribute types (RFC 8489 §18.3, RFC 8445 §16.1, RFC 8656 §18).</summary>
internal static class StunAttribute
{
    internal const ushort MappedAddress = 0x0001;
    internal const ushort Username = 0x0006;
    internal const ushort MessageIntegrity = 0x0008;
    internal const ushort ErrorCode = 0x0009;
    internal const ushort UnknownAttributes = 0x000A;
    internal const ushort ChannelNumber = 0x000C;
    internal const ushort Lifetime = 0x000D;
    internal const ushort XorPeerAddress = 0x0012;
    internal const ushort Data = 0x0013;
    internal const ushort Realm = 0x0014;
    internal const ushort Nonce = 0x0015;
    internal const ushort XorRelayedAddress = 0x0016;
    internal const ushort RequestedAddressFamily = 0x0017;
    internal const ushort RequestedTransport = 0x0019;
    internal const ushort DontFragment = 0x001A;
    internal const ushort MessageIntegritySha256 = 0x001C;
    internal const ushort XorMappedAddress = 0x0020;
    internal const ushort Priority = 0x0024;
    internal const ushort UseCandidate = 0x0025;
    internal const ushort Software = 0x8022;
    internal const ushort AlternateServer = 0x8023;
    internal const ushort Fingerprint = 0x8028;
    internal const ushort IceControlled = 0x8029;
    internal const ushort IceControlling = 0x802A;

    /// <summary>Below 0x8000 an attribute must be understood (RFC 8489 §14); these are.</summary>
    internal static bool IsUnknownAndRequired(ushort type) => type < 0x8000 && type is not (
        MappedAddress or Username or MessageIntegrity or ErrorCode or UnknownAttributes or ChannelNumber or Lifetime
        or XorPeerAddress or Data or Realm or Nonce or XorRelayedAddress or RequestedAddressFamily or RequestedTransport
        or DontFragment or MessageIntegritySha256 or XorMappedAddress or Priority or UseCandidate);
}

/// <summary>Error codes that change what a client does next (RFC 8489 §14.8, RFC 8445 §7.3.1.1, RFC 8656 §19).</summary>
internal static class StunError
{
    internal const int TryAlternate = 300;
    internal const int BadRequest = 400;
    internal const int Unauthenticated = 401;
    internal const int Forbidden = 403;
    internal const int UnknownAttribute = 420;
    internal const int AllocationMismatch = 437;
    internal const int StaleNonce = 438;
    internal const int RoleConflict = 487;
}

/// <summary>The 96-bit transaction id of a STUN message.</summary>
internal readonly record struct StunTransactionId(uint Prefix, ulong Rest);
