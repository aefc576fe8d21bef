using System.Collections.Concurrent;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Topics;

namespace Roost.Hub.Mesh;

/// <summary>Callers that wait for what the mesh makes of a topic. Thread-safe.</summary>
internal sealed class TopicDesk(Func<HubInput, byte[]?, ValueTask> post)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10); // The core answers within one; a hub that goes down may not.

    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<(TopicRecord? Record, int PutTo)>> _waiting = [];
    private ulong _last;

    /// <summary>Publishes. Gives the record and to how many other hubs it was put; null if there is no room for it.</summary>
    public Task<(TopicRecord? Record, int PutTo)> PublishAsync(string topic, ReadOnlyMemory<byte> data, ushort ttl) =>
        AskAsync(ticket => new MeshInput.Publish(ticket, topic, data, ttl));

    /// <summary>Looks a topic up.</summary>
    public async Task<TopicRecord?> SeekAsync(string topic) => (await AskAsync(ticket => new MeshInput.Seek(ticket, topic))).Record;

    /// <summary>The answer. Runs inside the driver.</summary>
    public void Answer(ulong ticket, TopicRecord? record, int putTo = 0)
    {
        if (_waiting.TryRemove(ticket, out var waiting))
        {
            waiting.SetResult((record, putTo));
        }
    }

    private async Task<(TopicRecord? Record, int PutTo)> AskAsync(Func<ulong, MeshInput> ask)
    {
        ulong ticket = Interlocked.Increment(ref _last);
        var answer = new TaskCompletionSource<(TopicRecord?, int)>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[ticket] = answer;
        try
        {
            await post(new HubInput.FromMesh(ask(ticket)), null);
            return await answer.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            return (null, 0);
        }
        finally
        {
            _waiting.TryRemove(ticket, out _);
        }
    }
}
