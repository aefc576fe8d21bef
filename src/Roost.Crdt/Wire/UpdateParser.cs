namespace Roost.Crdt;

/// <summary>The grammar of an update, the same for both formats: sections of structs, then the delete set.</summary>
internal static class UpdateParser
{
    public static void Parse<T>(ref T decoder, DecodedUpdate into, YDocLimits limits)
        where T : struct, IUpdateDecoder, allows ref struct
    {
        var sections = decoder.ReadRestCount(atLeast: 2);
        if (sections > limits.MaxClients)
        {
            decoder.Fail(UpdateFault.OverBudget, $"More than {limits.MaxClients} clients in one update.");
        }

        for (var i = 0; i < sections; i++)
        {
            ReadSection(ref decoder, into, limits);
        }

        ReadDeletes(ref decoder, into);
        if (into.Clients.Count > limits.MaxClients)
        {
            decoder.Fail(UpdateFault.OverBudget, $"More than {limits.MaxClients} clients in one update.");
        }
    }

    private static void ReadSection<T>(ref T decoder, DecodedUpdate into, YDocLimits limits)
        where T : struct, IUpdateDecoder, allows ref struct
    {
        var announced = decoder.ReadRestNumber();
        if (announced > (ulong)Math.Min(decoder.MaxStructs, limits.MaxStructsPerUpdate - into.StructCount))
        {
            decoder.Fail(UpdateFault.OverBudget, "More structs than there is room or leave for.");
        }

        var client = into.ClientIndex(decoder.ReadClient());
        var clock = decoder.ReadRestClock();
        if (!into.HasNoSection(client))
        {
            decoder.Fail(UpdateFault.Malformed, "Two sections for one client.");
        }

        into.Sections.Add(new Section(client, into.StructCount, (int)announced));
        for (var left = (int)announced; left > 0; left--)
        {
            ref var item = ref into.AddStruct();
            item = default;
            item.Client = client;
            item.Clock = clock;
            item.OriginClient = item.RightClient = item.Key = item.Name = -1;
            ReadStruct(ref decoder, into, ref item);
            if (item.Length == 0)
            {
                decoder.Fail(UpdateFault.EmptyStruct, "A struct of length zero.");
            }

            if (uint.MaxValue - clock < item.Length)
            {
                decoder.Fail(UpdateFault.ClockTooLarge, "A struct ends above 2^32 - 1.");
            }

            clock += item.Length;
        }
    }

    private static void ReadStruct<T>(ref T decoder, DecodedUpdate into, ref StructRef item)
        where T : struct, IUpdateDecoder, allows ref struct
    {
        var info = decoder.ReadInfo();
        item.Ref = (byte)(info & 0x1F);
        if (item.Ref == ContentRef.Gc)
        {
            item.Length = decoder.ReadLength();
            return;
        }

        if (item.Ref == ContentRef.Skip)
        {
            item.Length = decoder.ReadRestClock();
            return;
        }

        if ((info & ContentRef.HasOrigin) != 0)
        {
            (var client, item.OriginClock) = decoder.ReadLeftId();
            item.OriginClient = Reference(ref decoder, into, item, client, item.OriginClock);
        }

        if ((info & ContentRef.HasRightOrigin) != 0)
        {
            (var client, item.RightClock) = decoder.ReadRightId();
            item.RightClient = Reference(ref decoder, into, item, client, item.RightClock);
        }

        if ((info & (ContentRef.HasOrigin | ContentRef.HasRightOrigin)) == 0)
        {
            ReadParent(ref decoder, into, ref item, (info & ContentRef.HasParentSub) != 0);
        }

        ReadContent(ref decoder, into, ref item);
    }

    private static void ReadParent<T>(ref T decoder, DecodedUpdate into, ref StructRef item, bool hasKey)
        where T : struct, IUpdateDecoder, allows ref struct
    {
        if (decoder.ReadIsRoot())
        {
            item.ParentKind = StructRef.RootParent;
            item.Parent = decoder.ReadName(into);
        }
        else
        {
            item.ParentKind = StructRef.ItemParent;
            (var client, item.ParentClock) = decoder.ReadLeftId();
            item.Parent = Reference(ref decoder, into, item, client, item.ParentClock);
        }

        if (hasKey)
        {
            item.Key = decoder.ReadName(into);
        }
    }

    /// <summary>Structs may point at anything of others, which may come later, but only at the past of their own client.</summary>
    private static int Reference<T>(ref T decoder, DecodedUpdate into, in StructRef item, ulong client, uint clock)
        where T : struct, IUpdateDecoder, allows ref struct
    {
        var index = into.ClientIndex(client);
        if (index == item.Client && clock >= item.Clock)
        {
            decoder.Fail(UpdateFault.BadReference, "A struct refers to its own future.");
        }

        return index;
    }

    private static void ReadContent<T>(ref T decoder, DecodedUpdate into, ref StructRef item)
        where T : struct, IUpdateDecoder, allows ref struct
    {
        item.Length = 1;
        item.Content = into.Values.Count;
        switch (item.Ref)
        {
            case ContentRef.Deleted:
                item.Length = decoder.ReadLength();
                break;
            case ContentRef.Json:
                item.Length = decoder.ReadLength();
                ReadJsonTexts(ref decoder, into, item.Length);
                break;
            case ContentRef.Binary:
                into.Values.Add(decoder.ReadBinary());
                break;
            case ContentRef.String:
                (item.Content, var length) = decoder.ReadText(into);
                item.Length = (uint)length;
                break;
            case ContentRef.Embed:
                into.Values.Add(decoder.ReadJson());
                break;
            case ContentRef.Format:
                item.Name = decoder.ReadKey(into);
                into.Values.Add(decoder.ReadJson());
                break;
            case ContentRef.Type:
                var type = decoder.ReadTypeRef();
                if (type > TypeRef.XmlText)
                {
                    decoder.Fail(UpdateFault.ForeignType, $"There is no shared type {type} in Yjs.");
                }

                item.Content = (int)type;
                item.Name = TypeRef.HasName((byte)type) ? decoder.ReadKey(into) : -1;
                break;
            case ContentRef.Any:
                item.Length = decoder.ReadLength();
                for (var left = item.Length; left > 0; left--)
                {
                    into.Values.Add(decoder.ReadAny());
                }

                break;
            case ContentRef.Doc:
                item.Name = decoder.ReadName(into);
                into.Values.Add(decoder.ReadAny());
                break;
            default:
                decoder.Fail(UpdateFault.UnknownContent, $"There is no content {item.Ref} in Yjs.");
                break;
        }
    }

    private static void ReadJsonTexts<T>(ref T decoder, DecodedUpdate into, uint count)
        where T : struct, IUpdateDecoder, allows ref struct
    {
        for (; count > 0; count--)
        {
            var (at, length) = decoder.ReadText(into);
            try
            {
                var text = into.Text.Slice(at, length);
                into.Values.Add(text is "undefined" ? YValue.Undefined : JsonParser.Parse(text));
            }
            catch (FormatException wrong) when (wrong is not UpdateFormatException)
            {
                decoder.Fail(UpdateFault.BadJson, wrong.Message);
            }
        }
    }

    private static void ReadDeletes<T>(ref T decoder, DecodedUpdate into)
        where T : struct, IUpdateDecoder, allows ref struct
    {
        for (var clients = decoder.ReadRestCount(atLeast: 2); clients > 0; clients--)
        {
            decoder.StartDeletes();
            var client = into.ClientIndex(decoder.ReadRestNumber());
            for (var ranges = decoder.ReadRestCount(atLeast: 2); ranges > 0; ranges--)
            {
                var (clock, length) = decoder.ReadDelete();
                if (uint.MaxValue - clock < length)
                {
                    decoder.Fail(UpdateFault.ClockTooLarge, "A deletion ends above 2^32 - 1.");
                }

                if (length > 0)
                {
                    into.Deletes.Add(new DeleteRef(client, clock, length));
                }
            }
        }
    }
}
