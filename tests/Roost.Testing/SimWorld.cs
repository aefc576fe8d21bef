using Roost.Core.Cores;

namespace Roost.Testing;

/// <summary>
/// Virtual time for cores: jumps from one event to the next, ticks whoever is due, drains effects, and checks what must always hold.
/// The same seed gives the same history.
/// </summary>
public sealed class SimWorld(int seed)
{
    // A loop of cores that wake each other without time passing would never end; this many steps in one instant is one.
    private const int MaxStepsPerInstant = 1_000_000;

    private readonly PriorityQueue<Action, (Instant At, long Order)> _events = new();
    private readonly List<ISimulated> _cores = [];
    private readonly List<Action> _invariants = [];
    private long _order;

    private interface ISimulated
    {
        Wake? NextWake { get; }

        void Tick();
    }

    /// <summary>The world's randomness.</summary>
    public SeededDice Dice { get; } = new(seed);

    /// <summary>The world's time.</summary>
    public Instant Now { get; private set; } = Instant.FromUnixMilliseconds(1_700_000_000_000);

    /// <summary>Steps taken: events delivered and ticks.</summary>
    public long Steps { get; private set; }

    /// <summary>Puts a core into the world.</summary>
    /// <param name="core">Driven by this world alone.</param>
    /// <param name="perform">Does what it asks for; may schedule events and hand inputs to other cores.</param>
    public Simulated<TInput, TEffect> Add<TInput, TEffect>(IProtocolCore<TInput, TEffect> core, Action<TEffect> perform)
    {
        var simulated = new Simulated<TInput, TEffect>(this, core, perform);
        _cores.Add(simulated);
        return simulated;
    }

    /// <summary>Checked after every step.</summary>
    public void Always(Action invariant) => _invariants.Add(invariant);

    /// <summary>Does something after a while.</summary>
    public void After(TimeSpan delay, Action action) => _events.Enqueue(action, (Now + delay, _order++));

    /// <summary>Lets time pass.</summary>
    public void Run(TimeSpan time) => Run(Now + time, () => false);

    /// <summary>Lets time pass until something holds.</summary>
    /// <returns>How long that took.</returns>
    /// <exception cref="TimeoutException">It did not within <paramref name="limit"/>; the message shows what every core waits for.</exception>
    public TimeSpan RunUntil(Func<bool> holds, TimeSpan limit, string what)
    {
        var start = Now;
        if (!Run(Now + limit, holds))
        {
            throw new TimeoutException($"seed {seed}: not within {limit}: {what}. Waiting: {string.Join("; ", _cores.Select(c => c.NextWake?.Why).Where(w => w is not null).Distinct())}");
        }
        return Now - start;
    }

    private bool Run(Instant end, Func<bool> holds)
    {
        int stepsNow = 0;
        while (!holds())
        {
            var next = Instant.Never;
            ISimulated? due = null;
            foreach (var core in _cores)
            {
                if (core.NextWake is { } wake && wake.At < next)
                {
                    (next, due) = (wake.At, core);
                }
            }
            if (_events.TryPeek(out _, out var at) && at.At <= next)
            {
                (next, due) = (at.At, null);
            }
            if (next > end)
            {
                Now = end;
                return holds();
            }
            stepsNow = next > Now ? 0 : stepsNow + 1;
            if (stepsNow > MaxStepsPerInstant)
            {
                throw new InvalidOperationException($"seed {seed}: time stands still at {Now}");
            }
            Now = next > Now ? next : Now;
            Steps++;
            if (due is not null)
            {
                due.Tick();
            }
            else
            {
                _events.Dequeue()();
            }
            foreach (var invariant in _invariants)
            {
                invariant();
            }
        }
        return true;
    }

    /// <summary>A core in a world.</summary>
    public sealed class Simulated<TInput, TEffect> : ISimulated
    {
        private readonly SimWorld _world;
        private readonly IProtocolCore<TInput, TEffect> _core;
        private readonly Action<TEffect> _perform;
        private readonly Queue<TInput> _waiting = new();
        private bool _busy;
        private bool _removed;

        internal Simulated(SimWorld world, IProtocolCore<TInput, TEffect> core, Action<TEffect> perform)
        {
            (_world, _core, _perform) = (world, core, perform);
        }

        Wake? ISimulated.NextWake => _removed ? null : _core.NextWake;

        /// <summary>Hands in an input; one that comes while the core's effects are performed waits its turn, as in a driver's inbox.</summary>
        public void Handle(TInput input)
        {
            _waiting.Enqueue(input);
            if (_busy || _removed)
            {
                return;
            }
            _busy = true;
            while (_waiting.TryDequeue(out var next))
            {
                _core.Handle(next, _world.Now);
                Drain();
            }
            _busy = false;
        }

        /// <summary>Takes the core out of the world: a killed process.</summary>
        public void Remove() => _removed = true;

        void ISimulated.Tick()
        {
            _busy = true;
            _core.Tick(_world.Now);
            Drain();
            _busy = false;
            if (_core.NextWake is { } wake && wake.At <= _world.Now)
            {
                throw new InvalidOperationException($"{_core.GetType().Name} is due again at once after a tick: {wake.Why}");
            }
            if (_waiting.TryDequeue(out var input))
            {
                Handle(input);
            }
        }

        private void Drain()
        {
            while (_core.TryTake(out var effect))
            {
                _perform(effect);
            }
        }
    }
}
