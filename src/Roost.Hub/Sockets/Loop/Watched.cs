namespace Roost.Hub.Sockets.Loop;

/// <summary>A descriptor that a <see cref="SocketLoop"/> watches.</summary>
internal abstract class Watched
{
    /// <summary>Its place in the loop's table and a number that no other use of the place has.</summary>
    public long Key { get; set; }

    /// <summary>Something happened to it. On the loop's thread; never waits.</summary>
    public abstract void Happened(uint events);

    /// <summary>Whether <see cref="Look"/> is called about twice a second while it is watched.</summary>
    public virtual bool HasDeadline => false;

    /// <summary>Some time has passed. On the loop's thread.</summary>
    public virtual void Look(long nowMilliseconds)
    {
    }

    /// <summary>Handling it went wrong by a mistake of ours: it ends, the loop goes on.</summary>
    public abstract void Abandon();
}
