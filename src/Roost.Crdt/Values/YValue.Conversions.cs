namespace Roost.Crdt;

public readonly partial struct YValue
{
    /// <summary>A number.</summary>
    public static implicit operator YValue(int value) => From((double)value);

    /// <summary>A number.</summary>
    public static implicit operator YValue(double value) => From(value);

    /// <summary>A boolean.</summary>
    public static implicit operator YValue(bool value) => From(value);

    /// <summary>A string; null becomes <see cref="Null"/>.</summary>
    public static implicit operator YValue(string? value) => From(value);

    /// <summary>An object.</summary>
    public static implicit operator YValue(YObject? value) => From(value);

    /// <summary>An array.</summary>
    public static implicit operator YValue(YValue[]? value) => From(value);

    /// <summary>Bytes.</summary>
    public static implicit operator YValue(byte[]? value) => From(value);

    /// <summary>A shared type.</summary>
    public static implicit operator YValue(YType? value) => From(value);

    /// <summary>A sub-document.</summary>
    public static implicit operator YValue(YDoc? value) => From(value);

    /// <summary>The same by value: primitives by content, objects, arrays and bytes deeply, types and documents by identity.</summary>
    /// <remarks>Unlike JavaScript's <c>===</c>, NaN equals NaN and −0 differs from 0 no more than there: they are equal.</remarks>
    public bool Equals(YValue other)
    {
        var kind = Kind;
        if (kind != other.Kind)
        {
            return false;
        }

        switch (kind)
        {
            case YValueKind.Number:
                return AsNumber.Equals(other.AsNumber) || AsNumber == other.AsNumber;
            case YValueKind.Object:
                var (mine, theirs) = (AsObject, other.AsObject);
                return mine.Count == theirs.Count
                    && mine.All(entry => theirs.TryGetValue(entry.Key, out var value) && value.Equals(entry.Value));
            case YValueKind.Array:
                return AsArray.AsSpan().SequenceEqual(other.AsArray);
            case YValueKind.Binary:
                return AsBinary.AsSpan().SequenceEqual(other.AsBinary);
            case YValueKind.String:
                return AsString == other.AsString;
            default:
                return _bits == other._bits && ReferenceEquals(_reference, other._reference);
        }
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is YValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Kind switch
    {
        YValueKind.Number => AsNumber == 0 ? 0 : AsNumber.GetHashCode(),
        YValueKind.Object => AsObject.Count,
        YValueKind.Array => AsArray.Length,
        YValueKind.Binary => AsBinary.Length,
        _ => HashCode.Combine(_reference, _bits),
    };

    /// <inheritdoc cref="Equals(YValue)"/>
    public static bool operator ==(YValue left, YValue right) => left.Equals(right);

    /// <summary>Not equal.</summary>
    public static bool operator !=(YValue left, YValue right) => !left.Equals(right);

    /// <summary>JSON as JavaScript's <c>JSON.stringify</c> writes it; "undefined" for undefined.</summary>
    public override string ToString() => IsUndefined ? "undefined" : ToJson();

    /// <summary>JSON text; shared types as their JSON, bytes as an object of indexes, as in JavaScript.</summary>
    /// <exception cref="InvalidOperationException">It holds a big integer, which JSON has no word for.</exception>
    public string ToJson() => JsonText.Write(this);

    /// <summary>Reads JSON text.</summary>
    /// <exception cref="FormatException">The text is not JSON, or deeper than 64 levels.</exception>
    public static YValue FromJson(string json) => JsonParser.Parse(json);

    /// <summary>JavaScript's <c>===</c>: references by identity.</summary>
    internal static bool Identical(in YValue left, in YValue right)
    {
        if (ReferenceEquals(left._reference, Tag.Number) && ReferenceEquals(right._reference, Tag.Number))
        {
            return left.AsNumber == right.AsNumber;
        }

        return left._reference is string a && right._reference is string b
            ? a == b
            : ReferenceEquals(left._reference, right._reference) && left._bits == right._bits;
    }

    /// <summary>
    /// How formatting values are compared: identical, or objects (or arrays) whose members are identical. Two equal objects nested
    /// one level deeper count as different, which is Yjs's rule and visible in its bytes.
    /// </summary>
    internal static bool SameAttribute(in YValue left, in YValue right)
    {
        if (Identical(left, right))
        {
            return true;
        }

        var (first, second) = (Members(left), Members(right));
        return first is not null && second is not null && first.Count == second.Count
            && first.All(entry => second.TryGetValue(entry.Key, out var other) && Identical(entry.Value, other));
    }

    private static YObject? Members(in YValue value)
    {
        switch (value._reference)
        {
            case YObject members:
                return members;
            case YValue[] items:
                var indexed = new YObject();
                for (var i = 0; i < items.Length; i++)
                {
                    indexed[i.ToString()] = items[i];
                }

                return indexed;
            default:
                return null;
        }
    }
}
