namespace Roost.Crdt;

/// <summary>Writes content that consists of values, whether it comes from a document or from an update.</summary>
internal static class ContentWriter
{
    /// <param name="encoder">Where to.</param>
    /// <param name="reference">See <see cref="ContentRef"/>.</param>
    /// <param name="name">The key of a format, the guid of a document.</param>
    /// <param name="values">One value; or, of any and JSON, one for each unit.</param>
    public static void Write(UpdateEncoder encoder, byte reference, string? name, ReadOnlySpan<YValue> values)
    {
        switch (reference)
        {
            case ContentRef.Any:
                encoder.WriteLength((uint)values.Length);
                foreach (ref readonly var value in values)
                {
                    encoder.WriteAny(value);
                }

                break;
            case ContentRef.Json:
                encoder.WriteLength((uint)values.Length);
                foreach (ref readonly var value in values)
                {
                    encoder.WriteString(value.IsUndefined ? "undefined" : JsonText.Write(value));
                }

                break;
            case ContentRef.Binary:
                encoder.Rest.WriteVarBytes(values[0].AsBinary);
                break;
            case ContentRef.Embed:
                encoder.WriteJson(values[0]);
                break;
            case ContentRef.Format:
                encoder.WriteKey(name!);
                encoder.WriteJson(values[0]);
                break;
            case ContentRef.Doc:
                encoder.WriteString(name);
                encoder.WriteAny(values[0]);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"content {reference}");
        }
    }
}
