using Roost.Crdt;
using Roost.Mesh.Documents;

namespace Roost.Peer.Documents;

public sealed partial class DocumentSession
{
    /// <summary>The root map that holds the title.</summary>
    public const string MetaName = "meta";

    // No change of the user's: undo leaves it alone.
    private static readonly object Streamed = new();

    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _keepAnswered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RelativePosition? _streamEnd;

    /// <summary>What the document is called; empty where nobody has said.</summary>
    public string Title
    {
        get => Use(_ => _doc.GetMap(MetaName).Get("title") is { Kind: YValueKind.String } title ? title.AsString : "");
        set => Use(_ =>
        {
            _doc.GetMap(MetaName).Set("title", value);
            return 0;
        });
    }

    /// <summary>
    /// Adds text behind what this method added last, and the first behind all there is: what others write behind it stays behind it.
    /// One change, on its way at once, which <see cref="Undo"/> does not know.
    /// </summary>
    internal void AppendStreamed(string text)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }
            _doc.Transact(_ =>
            {
                int at = _streamEnd is not null && _streamEnd.TryResolve(_doc, out var _, out int end) ? end : _text.Length;
                _text.Insert(at, text);
                _streamEnd = RelativePosition.FromIndex(_text, at + text.Length, assoc: -1);
            }, Streamed);
        }
        Flush();
    }

    /// <summary>Completes when everybody who is in the room, and the hub if it keeps documents, holds what was written until now.</summary>
    internal async Task SettleAsync(CancellationToken cancellation)
    {
        Flush();
        if (_options.KeepFor is not null && _link is not null)
        {
            // A hub that is to keep it has to say whether it does, before it can be asked whether it has all.
            await _keepAnswered.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        _driver.Post(new DocumentInput.Settle());
        await _settled.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }
}
