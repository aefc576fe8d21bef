using Roost.Core.Cores;

namespace Roost.Crdt;

/// <summary>Undo and redo of one user's own changes, whatever others did since.</summary>
/// <remarks>
/// Watches the types of its scope. What it may bring back is protected from collection until <see cref="Clear"/>. Not thread-safe, as
/// the document. Dispose it to stop watching.
/// </remarks>
public sealed partial class UndoManager : IDisposable
{
    private readonly List<TypeNode> _scope = [];
    private readonly HashSet<object> _origins = [];
    private readonly UndoManagerOptions _options;
    private readonly bool _wholeDocument;
    private List<StackItem> _undo = [];
    private List<StackItem> _redo = [];
    private Instant _lastChange;
    private bool _capturing;
    private bool _undoing;
    private bool _redoing;
    private StackItem? _current;
    private IReadOnlyCollection<YType> _changed = [];

    /// <summary>Tracks changes in a type and all inside it.</summary>
    public UndoManager(YType scope, UndoManagerOptions? options = null)
        : this(scope?.Doc ?? throw new ArgumentException("Put the type into a document first.", nameof(scope)), options, wholeDocument: false) =>
        AddToScope(scope);

    /// <summary>Tracks all changes of a document.</summary>
    public UndoManager(YDoc doc, UndoManagerOptions? options = null)
        : this(doc, options, wholeDocument: true) { }

    private UndoManager(YDoc doc, UndoManagerOptions? options, bool wholeDocument)
    {
        ArgumentNullException.ThrowIfNull(doc);
        (Doc, _options, _wholeDocument) = (doc, options ?? new(), wholeDocument);
        foreach (var origin in _options.TrackedOrigins)
        {
            AddTrackedOrigin(origin);
        }

        _origins.Add(this);
        doc.AfterTransaction += Track;
        doc.Destroyed += OnDestroyed;
    }

    /// <summary>The document.</summary>
    public YDoc Doc { get; }

    /// <summary>Steps that can be undone, the next one last.</summary>
    public IReadOnlyList<StackItem> UndoStack => _undo;

    /// <summary>Steps that can be redone, the next one last.</summary>
    public IReadOnlyList<StackItem> RedoStack => _redo;

    /// <summary>Whether there is anything to undo.</summary>
    public bool CanUndo => _undo.Count > 0;

    /// <summary>Whether there is anything to redo.</summary>
    public bool CanRedo => _redo.Count > 0;

    /// <summary>True while <see cref="Undo"/> runs, with all observers of what it does.</summary>
    public bool IsUndoing => _undoing;

    /// <summary>True while <see cref="Redo"/> runs, with all observers of what it does.</summary>
    public bool IsRedoing => _redoing;

    /// <summary>The step that is being undone or redone, for observers; otherwise null.</summary>
    public StackItem? CurrentItem => _current;

    /// <summary>A step was added; the moment to keep a selection in its <see cref="StackItem.Meta"/>.</summary>
    public event Action<StackItemEvent>? StackItemAdded;

    /// <summary>A change joined the newest step.</summary>
    public event Action<StackItemEvent>? StackItemUpdated;

    /// <summary>A step was undone or redone; the moment to restore a selection.</summary>
    public event Action<StackItemEvent>? StackItemPopped;

    /// <summary>Tracks another type of the same document.</summary>
    public void AddToScope(YType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!ReferenceEquals(type.Doc, Doc))
        {
            throw new ArgumentException("The type is in another document.", nameof(type));
        }

        if (!_scope.Contains(type.Node!))
        {
            _scope.Add(type.Node!);
        }
    }

    /// <summary>Tracks transactions of this origin; null: those without one.</summary>
    public void AddTrackedOrigin(object? origin) => _origins.Add(origin ?? NoOrigin);

    /// <summary>No longer tracks transactions of this origin.</summary>
    public void RemoveTrackedOrigin(object? origin) => _origins.Remove(origin ?? NoOrigin);

    /// <summary>The next change begins a new step, however soon it comes.</summary>
    public void StopCapturing() => _capturing = false;

    /// <summary>Takes the newest step back.</summary>
    /// <returns>The step, or null if there was nothing left that could be undone.</returns>
    public StackItem? Undo()
    {
        _undoing = true;
        try
        {
            return Pop(_undo, isUndo: true);
        }
        finally
        {
            _undoing = false;
        }
    }

    /// <summary>Brings the step undone last back.</summary>
    /// <returns>The step, or null if there was nothing left that could be redone.</returns>
    public StackItem? Redo()
    {
        _redoing = true;
        try
        {
            return Pop(_redo, isUndo: false);
        }
        finally
        {
            _redoing = false;
        }
    }

    /// <summary>Forgets steps, and lets what they could have brought back be collected.</summary>
    public void Clear(bool undo = true, bool redo = true)
    {
        if ((undo && CanUndo) || (redo && CanRedo))
        {
            Doc.Transact(transaction =>
            {
                _undo = undo ? Forget(transaction, _undo) : _undo;
                _redo = redo ? Forget(transaction, _redo) : _redo;
            });
        }
    }

    /// <summary>Stops watching.</summary>
    public void Dispose()
    {
        Doc.AfterTransaction -= Track;
        Doc.Destroyed -= OnDestroyed;
    }

    private static object NoOrigin { get; } = new();

    private void OnDestroyed(YDoc doc) => Dispose();

    private void Track(Transaction transaction)
    {
        if (!IsTracked(transaction))
        {
            return;
        }

        var stack = _undoing ? _redo : _undo;
        if (_undoing)
        {
            StopCapturing();
        }
        else if (!_redoing)
        {
            Clear(undo: false);
        }

        var (insertions, deletions) = (InsertionsOf(transaction), transaction.DeleteSet);
        var now = _options.Now?.Invoke() ?? Instant.Epoch;
        var timeout = _options.Now is null ? TimeSpan.Zero : _options.CaptureTimeout;
        var joins = _capturing && now - _lastChange < timeout && stack.Count > 0 && !_undoing && !_redoing;
        if (joins)
        {
            stack[^1].Deletions = DeleteSet.Union(stack[^1].Deletions, deletions);
            stack[^1].Insertions = DeleteSet.Union(stack[^1].Insertions, insertions);
        }
        else
        {
            stack.Add(new StackItem(insertions, deletions));
        }

        if (!_undoing && !_redoing)
        {
            (_lastChange, _capturing) = (now, true);
        }

        Doc.Store.ForEachIn(transaction, deletions, handle =>
        {
            if (IsInScope(handle))
            {
                Doc.Store.Keep(handle, true);
            }
        });
        _changed = transaction.ChangedParentTypes;
        var happened = new StackItemEvent(stack[^1], IsUndo: !_undoing, transaction.Origin, _changed);
        (joins ? StackItemUpdated : StackItemAdded)?.Invoke(happened);
    }

    private bool IsTracked(Transaction transaction)
    {
        if (_options.CaptureTransaction?.Invoke(transaction) == false
            || !(_wholeDocument || _scope.Exists(transaction.ChangedParents.ContainsKey)))
        {
            return false;
        }

        var origin = transaction.Origin;
        return _origins.Contains(origin ?? NoOrigin)
            || (origin is not null && _origins.Contains(origin.GetType()));
    }

    private static DeleteSet InsertionsOf(Transaction transaction)
    {
        var result = new DeleteSet();
        foreach (var change in transaction.Changes.OrderBy(change => transaction.Doc.Store.Client(change.Client).Arrival))
        {
            if (change.After > change.Before)
            {
                result.Add(transaction.Doc.Store.Client(change.Client).Id, change.Before, change.After - change.Before);
            }
        }

        return result;
    }

    private bool IsInScope(int handle)
    {
        var store = Doc.Store;
        return !store[handle].IsGc && (_wholeDocument || _scope.Exists(type => store.IsInside(type, handle)));
    }

    private List<StackItem> Forget(Transaction transaction, List<StackItem> stack)
    {
        foreach (var item in stack)
        {
            Doc.Store.ForEachIn(transaction, item.Deletions, handle =>
            {
                if (IsInScope(handle))
                {
                    Doc.Store.Keep(handle, false);
                }
            });
        }

        return [];
    }
}
