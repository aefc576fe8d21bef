namespace Roost.Crdt;

public sealed partial class YDoc
{
    /// <summary>True after <see cref="Destroy"/>.</summary>
    public bool IsDestroyed { get; private set; }

    /// <summary>Whether a sub-document should be loaded here.</summary>
    public bool ShouldLoad { get; private set; }

    /// <summary>Whether its content was read from where it is stored, as <see cref="MarkLoaded"/> said.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>Whether it has what others have, as <see cref="MarkSynced"/> said.</summary>
    public bool IsSynced { get; private set; }

    /// <summary>Asks for a sub-document to be loaded; the parent's <see cref="SubdocsChanged"/> tells whoever can.</summary>
    public void Load()
    {
        if (Holder is { } holder && !ShouldLoad)
        {
            holder.Store.Doc.Transact(transaction => transaction.NoteSubdocLoaded(this));
        }

        ShouldLoad = true;
    }

    /// <summary>For whoever stores the document: its content is there. Yjs's providers emit <c>load</c>.</summary>
    public void MarkLoaded()
    {
        IsLoaded = true;
        Loaded?.Invoke(this);
    }

    /// <summary>For whoever connects the document: it has what others have, or no longer does. The first time it counts as loaded too. Yjs's providers emit <c>sync</c>.</summary>
    /// <param name="synced">False when the others were lost.</param>
    public void MarkSynced(bool synced = true)
    {
        IsSynced = synced;
        if (synced && !IsLoaded)
        {
            MarkLoaded();
        }

        Synced?.Invoke(this, synced);
    }

    /// <summary>
    /// Ends its use: managers and awareness let go, and no more events come. A sub-document is replaced in its parent by a fresh one that is not loaded.
    /// </summary>
    /// <remarks>It can still be read, and edited without anybody hearing of it, as in Yjs.</remarks>
    public void Destroy()
    {
        if (_hasEnded)
        {
            return;
        }

        IsDestroyed = true;
        foreach (var subdoc in _subdocs.ToArray())
        {
            subdoc.Destroy();
        }

        if (Holder is { } holder)
        {
            Holder = null;
            holder.Store.ReplaceSubdoc(this, holder.Id);
        }

        End();
    }

    private bool _hasEnded;

    /// <summary>A sub-document ends while its parent tells that it is gone, which is in the middle of <see cref="Destroy"/>.</summary>
    private void End()
    {
        if (_hasEnded)
        {
            return;
        }

        _hasEnded = true;
        try
        {
            Destroyed?.Invoke(this);
        }
        finally
        {
            ForgetHandlers();
        }
    }
}
