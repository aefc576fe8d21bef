using System.Runtime.ExceptionServices;

namespace Roost.Crdt;

/// <summary>What all shared types have in common. Make one, put it into another or into the document, then edit it.</summary>
/// <remarks>
/// Before it is part of a document it may be filled and read; observing works, but nothing happens yet. A type can be put into a
/// document once. Not thread-safe, as the document.
/// </remarks>
public abstract partial class YType
{
    private protected YType() { }

    /// <summary>The document, or null while it is not part of one.</summary>
    public YDoc? Doc => Node?.Doc;

    /// <summary>The type that holds it, or null for roots and while it is not part of a document.</summary>
    public YType? Parent => Node is { Item: >= 0 } node ? node.Doc.Store.Parent(node.Item).View() : null;

    /// <summary>The id of the item that holds it; null for roots.</summary>
    public StructId? Id => Node is { Item: >= 0 } node ? node.Doc.Store.IdOf(node.Item) : null;

    /// <summary>True once it was deleted from its parent: changes to it have no effect that lasts.</summary>
    public bool IsDeleted => Node is { } node && !YDoc.IsAlive(node);

    internal TypeNode? Node { get; private set; }

    internal abstract byte Kind { get; }

    internal virtual string? NodeName => null;

    internal BlockStore Store => Node!.Doc.Store;

    /// <summary>The content as plain values.</summary>
    internal abstract YValue ToJsonValue();

    /// <summary>A copy that is not part of any document, with copies of all types inside.</summary>
    /// <exception cref="InsufficientExecutionStackException">Types are nested too deep, some thousands of levels, as only a hostile update makes them.</exception>
    public abstract YType Clone();

    /// <summary>Edits that were made before it was part of a document are made now.</summary>
    private protected abstract void FlushPreliminary(Transaction transaction);

    internal static YType Create(TypeNode node)
    {
        YType view = node.Kind switch
        {
            TypeRef.Array => new YArray(),
            TypeRef.Map => new YMap(),
            TypeRef.Text => new YText(),
            TypeRef.XmlElement => new YXmlElement(node.Name!),
            TypeRef.XmlFragment => new YXmlFragment(),
            TypeRef.XmlHook => new YXmlHook(node.Name!),
            TypeRef.XmlText => new YXmlText(),
            _ => new YUntyped(),
        };
        view.Node = node;
        view.DropPreliminary();
        return view;
    }

    /// <summary>Gives it a place in the store, before the item that will hold it is integrated.</summary>
    internal TypeNode Attach(BlockStore store)
    {
        EnsureFree();
        var node = store.AddType(Kind);
        node.Name = NodeName;
        node.Facade = this;
        return Node = node;
    }

    /// <exception cref="InvalidOperationException">It has its place already.</exception>
    internal void EnsureFree(bool givenTwice = false)
    {
        if (givenTwice || Node is not null)
        {
            throw new InvalidOperationException($"This {GetType().Name} is {(givenTwice ? "given twice" : "part of a document already")}; put a Clone() there.");
        }
    }

    /// <summary>Does what waited for a place. The item has to be integrated in full even if that fails, for instance at an index that does not exist.</summary>
    internal ExceptionDispatchInfo? Integrated(Transaction transaction)
    {
        try
        {
            FlushPreliminary(transaction);
            return null;
        }
#pragma warning disable CA1031 // Thrown later, by the store.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return ExceptionDispatchInfo.Capture(error);
        }
        finally
        {
            DropPreliminary();
        }
    }

    private protected abstract void DropPreliminary();

    /// <summary>Runs an edit in a transaction, the caller's or its own.</summary>
    /// <param name="origin">The origin of its own transaction.</param>
    private protected Scope Edit(object? origin = null)
    {
        var node = Node!;
        return node.Item == TypeNode.Detached
            ? throw new InvalidOperationException($"This {GetType().Name} was deleted and its content is gone.")
            : new Scope(node.Doc, origin);
    }

    /// <summary>A transaction around one edit, without a closure.</summary>
    private protected readonly ref struct Scope
    {
        private readonly YDoc _doc;
        private readonly bool _outermost;

        public Scope(YDoc doc, object? origin)
        {
            _doc = doc;
            Transaction = doc.Enter(origin, local: true, out _outermost);
        }

        public Transaction Transaction { get; }

        public void Dispose() => _doc.Leave(Transaction, _outermost);
    }
}

/// <summary>A root that an update named and the application has not asked for: it can be carried, not edited.</summary>
internal sealed class YUntyped : YType
{
    internal override byte Kind => TypeRef.Untyped;

    public override YType Clone() => throw new InvalidOperationException("A root without a type cannot be cloned.");

    internal override YValue ToJsonValue() => YValue.Undefined;

    internal override YEvent MakeEvent(Transaction transaction, List<int> keys) => new(this, transaction, keys);

    private protected override void FlushPreliminary(Transaction transaction) { }

    private protected override void DropPreliminary() { }
}
