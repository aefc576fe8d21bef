using Roost.Rtc.Ice;
using Roost.Rtc.Peer;
using Roost.Rtc.Sdp;

namespace Roost.Rtc.Net;

/// <summary>Offer, answer and candidates (RFC 8829).</summary>
public sealed partial class RtcPeerConnection
{
    /// <summary>Makes an offer.</summary>
    /// <exception cref="RtcException"><see cref="RtcError.InvalidState"/>: the connection is closed.</exception>
    public async Task<SessionDescription> CreateOfferAsync() =>
        await _loop.Run(_peer, (core, _) => core.Signaling == Peer.SignalingState.Closed ? null : core.CreateOffer()).ConfigureAwait(false) ?? throw ClosedError();

    /// <summary>Makes an answer to the remote offer.</summary>
    /// <exception cref="RtcException"><see cref="RtcError.InvalidState"/>: there is no offer to answer.</exception>
    public async Task<SessionDescription> CreateAnswerAsync() =>
        await _loop.Run(_peer, (core, _) => core.CreateAnswer()).ConfigureAwait(false) ?? throw new RtcException(RtcError.InvalidState, "There is no remote offer to answer.");

    /// <summary>Sets the local offer or answer, starts gathering, and answers with what to signal: the description with all candidates found so far.</summary>
    /// <param name="description">As made by <see cref="CreateOfferAsync"/> or <see cref="CreateAnswerAsync"/>; null makes the one that fits.</param>
    /// <exception cref="RtcException"><see cref="RtcError.InvalidState"/>: it does not fit the signaling state, or the connection is closed.</exception>
    public async Task<SessionDescription> SetLocalDescriptionAsync(SessionDescription? description = null)
    {
        var problem = await _loop.Run(_peer, (core, now) =>
        {
            var type = description?.Type ?? (core.Signaling == Peer.SignalingState.HaveRemoteOffer ? SdpType.Answer : SdpType.Offer);
            return core.SetLocal(type, now);
        }).ConfigureAwait(false);
        Check(problem);
        if (description?.Type != SdpType.Rollback)
        {
            await GatherAsync().ConfigureAwait(false);
        }
        return await _loop.Run(_peer, (core, _) => core.LocalDescription()).ConfigureAwait(false);
    }

    /// <summary>The local description with all candidates found so far.</summary>
    public Task<SessionDescription> GetLocalDescriptionAsync() => _loop.Run(_peer, (core, _) => core.LocalDescription());

    /// <summary>Sets the peer's offer or answer. An offer that crosses ours takes ours back.</summary>
    /// <exception cref="RtcException">
    /// <see cref="RtcError.InvalidState"/>: it does not fit the signaling state, or the connection is closed. <see cref="RtcError.Syntax"/>: it cannot be read, or has no usable data section.
    /// <see cref="RtcError.InvalidAccess"/>: its certificate is another one than before.
    /// </exception>
    public async Task SetRemoteDescriptionAsync(SessionDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        Check(await _loop.Run(_peer, (core, now) =>
        {
            var problem = core.SetRemote(description, now);
            Volatile.Write(ref _maxMessageSize, core.RemoteUsernameFragment is null ? long.MaxValue : core.MaxMessageSize);
            return problem;
        }).ConfigureAwait(false));
    }

    /// <summary>Adds a candidate the peer signaled; null or an empty line means it has no more. May come before the description.</summary>
    /// <remarks>Ignored on a closed connection: candidates trickle in as long as the signaling carries them.</remarks>
    /// <exception cref="RtcException"><see cref="RtcError.Operation"/>: the line is no candidate.</exception>
    public void AddIceCandidate(string? candidate)
    {
        if (string.IsNullOrEmpty(candidate))
        {
            Post((peer, now) => peer.Core.EndOfCandidates(now));
            return;
        }
        if (!IceCandidate.TryParse(candidate, out var parsed))
        {
            throw new RtcException(RtcError.Operation, "The line is no ICE candidate.");
        }
        Post((peer, now) => peer.Core.AddCandidate(parsed, now));
    }

    /// <summary>Asks for new ICE credentials: the next offer restarts ICE, while data goes on over the old path.</summary>
    /// <remarks>Addresses that this host got or lost since are noticed then; servers are asked again if there are such. The network is not watched: call this when it changed.</remarks>
    public void RestartIce() => Post((peer, _) => peer.Core.RestartIce());

    private static void Check(DescriptionProblem? problem)
    {
        if (problem is { } wrong)
        {
            throw new RtcException(wrong.Kind switch
            {
                DescriptionProblemKind.Unreadable => RtcError.Syntax,
                DescriptionProblemKind.OtherCertificate => RtcError.InvalidAccess,
                _ => RtcError.InvalidState,
            }, wrong.Message);
        }
    }

    private static RtcException ClosedError() => new(RtcError.InvalidState, "The connection is closed.");
}
