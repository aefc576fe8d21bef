namespace Roost.Crdt;

public sealed partial class Transaction
{
    private HashSet<YDoc>? _subdocsAdded, _subdocsRemoved, _subdocsLoaded;

    /// <summary>Sub-documents that became part of the document.</summary>
    public IReadOnlyCollection<YDoc> SubdocsAdded => _subdocsAdded ?? [];

    /// <summary>Sub-documents that were deleted or replaced.</summary>
    public IReadOnlyCollection<YDoc> SubdocsRemoved => _subdocsRemoved ?? [];

    /// <summary>Sub-documents that somebody asked to load.</summary>
    public IReadOnlyCollection<YDoc> SubdocsLoaded => _subdocsLoaded ?? [];

    internal bool TouchedSubdocs => _subdocsAdded?.Count > 0 || _subdocsRemoved?.Count > 0 || _subdocsLoaded?.Count > 0;

    internal void NoteSubdocAdded(YDoc subdoc)
    {
        (_subdocsAdded ??= []).Add(subdoc);
        if (subdoc.ShouldLoad)
        {
            NoteSubdocLoaded(subdoc);
        }
    }

    internal void NoteSubdocLoaded(YDoc subdoc) => (_subdocsLoaded ??= []).Add(subdoc);

    internal void NoteSubdocRemoved(YDoc subdoc)
    {
        if (_subdocsAdded?.Remove(subdoc) != true)
        {
            (_subdocsRemoved ??= []).Add(subdoc);
        }
    }

    internal void ReplaceSubdoc(YDoc old, YDoc fresh, bool stillThere)
    {
        if (stillThere)
        {
            (_subdocsAdded ??= []).Add(fresh);
        }

        (_subdocsRemoved ??= []).Add(old);
    }

    private void ClearSubdocs() => _subdocsAdded = _subdocsRemoved = _subdocsLoaded = null;
}
