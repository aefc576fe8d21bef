using Roost.Core.Cores;

namespace Roost.Mesh.Federation;

/// <summary>What a core has to do later, earliest first; equal moments in the order they were asked for, so that a run can be repeated.</summary>
internal sealed class Timers
{
    private readonly PriorityQueue<(Action Act, string Why), (Instant At, long Order)> _due = new();
    private long _order;

    public Wake? Next => _due.TryPeek(out var first, out var at) ? new Wake(at.At, first.Why) : null;

    public void At(Instant at, string why, Action act) => _due.Enqueue((act, why), (at, _order++));

    public void Run(Instant now)
    {
        while (_due.TryPeek(out var first, out var at) && at.At <= now)
        {
            _due.Dequeue();
            first.Act();
        }
    }
}
