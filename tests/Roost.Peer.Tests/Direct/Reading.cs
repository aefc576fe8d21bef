using System.Text;
using Roost.Core.Rooms;
using Roost.Mesh.Signaling;
using Roost.Peer.Streams;

namespace Roost.Peer.Tests.Direct;

/// <summary>A viewer that remembers what it was told, and lets a test wait for it.</summary>
internal sealed class Reading : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private readonly List<StreamEvent> _events = [];
    private readonly Task _reading;
    private TaskCompletionSource _changed = New();

    public Reading(Invite invite, bool direct = true) => _reading = Task.Run(() => ReadAsync(invite, direct));

    public string Text
    {
        get
        {
            lock (_lock)
            {
                return _text.ToString();
            }
        }
    }

    /// <summary>The way by which the host is reached now.</summary>
    public PeerPath Path => Events.OfType<StreamEvent.Path>().LastOrDefault()?.By ?? PeerPath.Hub;

    public IReadOnlyList<StreamEvent> Events
    {
        get
        {
            lock (_lock)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Waits until the whole text is this.</summary>
    public Task HasAsync(string text) => UntilAsync(() => Text == text, () => $"the text is \"{Short(Text)}\", not \"{Short(text)}\"");

    public Task IsOnAsync(params PeerPath[] paths) => UntilAsync(() => paths.Contains(Path), () => $"the path is {Path}, not {string.Join(" or ", paths)}");

    public async Task UntilAsync(Func<bool> probe, Func<string> why)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                changed = _changed.Task;
            }
            if (probe())
            {
                return;
            }
            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"not within {Patience}: {why()}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
    }

    private async Task ReadAsync(Invite invite, bool direct)
    {
        try
        {
            await foreach (var happened in TextStreamReader.FollowAsync(invite, direct: direct, cancellationToken: _stop.Token))
            {
                lock (_lock)
                {
                    _events.Add(happened);
                    if (happened is StreamEvent.Text text)
                    {
                        _text.Append(Encoding.UTF8.GetString(text.Bytes.Span));
                    }
                    _changed.TrySetResult();
                    _changed = New();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test has seen enough.
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static string Short(string text) => text.Length > 200 ? $"{text[..100]}…{text[^100..]} ({text.Length})" : text;
}
