using System.Threading.Channels;
using Roost.Core.Identity;

namespace Roost.Cli.Features.Asking;

/// <summary>What viewers ask, in order, with limits: the host's model is not theirs to wear out.</summary>
internal sealed class Questions(TimeProvider clock)
{
    /// <summary>Questions that wait; further ones are not taken.</summary>
    public const int MaxWaiting = 16;

    /// <summary>One viewer's questions, at most one in this time.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private const int MaxRemembered = 1_000;

    private readonly Channel<string> _waiting = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    private readonly Dictionary<PeerId, long> _last = [];

    /// <summary>False when it was not taken.</summary>
    public bool Add(PeerId viewer, string text)
    {
        lock (_last)
        {
            if (_last.TryGetValue(viewer, out long then) && clock.GetElapsedTime(then) < Pause)
            {
                return false;
            }
            if (_last.Count >= MaxRemembered)
            {
                _last.Clear();
            }
            if (!_waiting.Writer.TryWrite(text))
            {
                return false;
            }
            _last[viewer] = clock.GetTimestamp();
            return true;
        }
    }

    public ValueTask<string> NextAsync(CancellationToken cancellationToken) => _waiting.Reader.ReadAsync(cancellationToken);
}
