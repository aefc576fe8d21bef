using Roost.Core.Identity;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Sessions;

/// <summary>What the host of a text stream is told.</summary>
public abstract record StreamHostInput
{
    private StreamHostInput()
    {
    }

    /// <summary>The next bytes of the stream.</summary>
    public sealed record Text(ReadOnlyMemory<byte> Bytes) : StreamHostInput;

    /// <summary>The stream is over.</summary>
    /// <param name="Exit">The command's exit code, if there was a command.</param>
    /// <param name="Reason">"eof" or "interrupted".</param>
    public sealed record End(int? Exit, string Reason) : StreamHostInput;

    /// <summary>The hub is gone; viewers are unknown until MEMBERS comes again.</summary>
    public sealed record Offline : StreamHostInput;

    /// <summary>The link has sent all it had: late joiners may be answered.</summary>
    public sealed record Drained : StreamHostInput;

    /// <summary>The hub link heard something.</summary>
    public sealed record Heard(DoorFrame Frame) : StreamHostInput;

    /// <summary>A viewer is linked with directly from here on.</summary>
    public sealed record LinkUp(PeerId Viewer) : StreamHostInput;

    /// <summary>A viewer's direct link is lost, or stalled.</summary>
    public sealed record LinkDown(PeerId Viewer) : StreamHostInput;

    /// <summary>A viewer's direct link has much to send yet: it gets no more until <see cref="LinkDrained"/>.</summary>
    public sealed record LinkFull(PeerId Viewer) : StreamHostInput;

    /// <summary>A viewer's direct link takes more again.</summary>
    public sealed record LinkDrained(PeerId Viewer) : StreamHostInput;

    /// <summary>A frame came over a direct link.</summary>
    public sealed record HeardDirect(PeerId Viewer, ReadOnlyMemory<byte> Payload) : StreamHostInput;
}

/// <summary>What the host of a text stream asks for or reports.</summary>
public abstract record StreamHostEffect
{
    private StreamHostEffect()
    {
    }

    /// <summary>Say this to the hub: CAST or SEND.</summary>
    public sealed record Say(DoorFrame Frame) : StreamHostEffect;

    /// <summary>Send this over the viewer's direct link.</summary>
    public sealed record SayDirect(PeerId Viewer, byte[] Payload) : StreamHostEffect;

    /// <summary>A viewer came; <paramref name="Count"/> are here.</summary>
    public sealed record ViewerCame(PeerId Viewer, int Count) : StreamHostEffect;

    /// <summary>A viewer has read everything there was; <paramref name="Took"/> after it came.</summary>
    public sealed record ViewerCaughtUp(PeerId Viewer, TimeSpan Took, ulong N) : StreamHostEffect;

    /// <summary>A viewer went; <paramref name="Count"/> are here.</summary>
    public sealed record ViewerWent(PeerId Viewer, int Count) : StreamHostEffect;

    /// <summary>Every viewer has acknowledged the end.</summary>
    public sealed record EndAcknowledged : StreamHostEffect;

    /// <summary>The log cannot be written any more: what was shared stays readable, what follows is not shared.</summary>
    public sealed record LogFailed(string Problem) : StreamHostEffect;
}
