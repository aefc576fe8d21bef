using Roost.Rtc.Ice;
using Roost.Rtc.Net.Loop;
using Roost.Rtc.Peer;

namespace Roost.Rtc.Net;

/// <summary>What the core reports, made into properties, tasks and events.</summary>
public sealed partial class RtcPeerConnection
{
    /// <summary>On the loop.</summary>
    internal void OnNotice(LoopPeer peer, PeerNotice notice)
    {
        switch (notice)
        {
            case PeerNotice.Candidate candidate:
                Raise(() => CandidateFound?.Invoke(this, candidate.Value));
                break;
            case PeerNotice.GatheringChanged gathering:
                IceGatheringState = gathering.Value;
                if (gathering.Value == IceGatheringState.Complete)
                {
                    _gathered.TrySetResult();
                    Raise(() => CandidateFound?.Invoke(this, null));
                }
                break;
            case PeerNotice.IceChanged ice:
                IceConnectionState = ice.Value;
                Raise(() => IceConnectionStateChanged?.Invoke(this, ice.Value));
                break;
            case PeerNotice.SignalingChanged signaling:
                SignalingState = signaling.Value;
                break;
            case PeerNotice.PathChanged path:
                Path = path.Value;
                Raise(() => PathChanged?.Invoke(this, path.Value));
                break;
            case PeerNotice.StateChanged state:
                // A closed connection still tells why it had failed; one that an ICE restart brought back has not.
                FailureReason = state.Value == PeerState.Closed ? FailureReason : state.Reason;
                SetState(state.Value, null);
                Raise(() => ConnectionStateChanged?.Invoke(this, state.Value));
                break;
            case PeerNotice.ServerFailed failed:
                Raise(() => ServerFailed?.Invoke(this, failed.ErrorCode == 0
                    ? $"{failed.Server} did not answer." : $"{failed.Server} refused with error {failed.ErrorCode}."));
                break;
            case PeerNotice.ResolveName name:
                Resolve(name.Value);
                break;
            case PeerNotice.ChannelArrived arrived:
                OnArrived(arrived.Channel);
                break;
            case PeerNotice.ChannelChanged changed:
                (changed.Channel.Tag as DataChannel)?.OnState(changed.State);
                break;
        }
    }

    private void OnArrived(PeerChannel core)
    {
        var channel = new DataChannel(this, core.Init);
        channel.Attach(core);
        channel.OnState(core.State);
        Raise(() => ChannelArrived?.Invoke(this, channel));
    }
}
