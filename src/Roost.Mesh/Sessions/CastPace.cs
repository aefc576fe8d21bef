using Roost.Core.Cores;

namespace Roost.Mesh.Sessions;

/// <summary>
/// How many live entries a hub is given: no more than its link takes, and none for a second once it has refused some. What is left out shows as a gap
/// in front of the newest entry, which is said again as soon as the hub takes more; viewers then ask for the rest at their own pace.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class CastPace
{
    // Half of what a link lets wait before it counts as lost.
    private const int MaxInFlight = 256;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private int _inFlight;
    private bool _leftOut;
    private Instant? _quietUntil;

    /// <summary>When a pause ends.</summary>
    public Wake? NextWake => _quietUntil is { } at ? new Wake(at, "the hub takes entries again") : null;

    /// <summary>Whether an entry may go to the hub now, as so many frames; if not, it counts as left out.</summary>
    public bool TrySend(int frames)
    {
        if (_quietUntil is not null || _inFlight + frames > MaxInFlight)
        {
            _leftOut = true;
            return false;
        }
        _inFlight += frames;
        return true;
    }

    /// <summary>The link has sent all it had.</summary>
    public void Drained() => _inFlight = 0;

    /// <summary>The hub has refused frames; nobody knows which.</summary>
    public void Refused(Instant now)
    {
        _leftOut = true;
        _quietUntil = now + Pause;
    }

    /// <summary>Another hub, or the same one anew: whoever is there asks for what he lacks.</summary>
    public void Clear() => (_inFlight, _quietUntil) = (0, null);

    /// <summary>Whether entries were left out and the newest may be said again now. True once.</summary>
    public bool TryResume(Instant now)
    {
        if (_quietUntil <= now)
        {
            _quietUntil = null;
        }
        bool resumes = _leftOut && _quietUntil is null && _inFlight < MaxInFlight;
        _leftOut &= !resumes;
        return resumes;
    }
}
