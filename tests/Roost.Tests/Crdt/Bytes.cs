using Roost.Crdt;

namespace Roost.Tests.Crdt;

/// <summary>Helpers of the document tests.</summary>
internal static class Bytes
{
    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    public static byte[] From(string hex) => Convert.FromHexString(hex.Replace(" ", ""));

    /// <summary>All V1 updates of a document from now on, in order.</summary>
    public static List<byte[]> RecordUpdates(this YDoc doc)
    {
        var updates = new List<byte[]>();
        doc.Update += (update, _) => updates.Add(update.ToArray());
        return updates;
    }

    public static List<string> RecordHex(this YDoc doc)
    {
        var updates = new List<string>();
        doc.Update += (update, _) => updates.Add(Hex(update));
        doc.UpdateV2 += (update, _) => updates.Add(Hex(update));
        return updates;
    }

    /// <summary>Sends every change of each document to the other at once.</summary>
    public static void Connect(YDoc first, YDoc second)
    {
        first.Update += (update, transaction) => Forward(second, update, transaction);
        second.Update += (update, transaction) => Forward(first, update, transaction);

        static void Forward(YDoc to, ReadOnlySpan<byte> update, Transaction transaction)
        {
            if (!Equals(transaction.Origin, "network"))
            {
                to.ApplyUpdate(update, "network");
            }
        }
    }

    public static string Delta(YText text) => "[" + string.Join(',', text.ToDelta()) + "]";

    public static string Json(YType type) => YValue.From(type).ToJson();
}
