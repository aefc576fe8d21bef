using System.Text.Json;
using Roost.Crdt;

namespace Roost.Yjs.InteropPeer;

/// <summary>What the test tells a replica to do: one JSON object a line in, one out.</summary>
internal static class Commands
{
    public static object? Run(Replica replica, JsonElement command)
    {
        string op = command.GetProperty("op").GetString()!;
        switch (op)
        {
            case "aware":
                replica.Say(YValue.FromJson(command.GetProperty("state").GetRawText()));
                return null;
            case "cut":
                replica.Cut();
                return null;
            default:
                lock (replica.Lock)
                {
                    return Edit(replica, op, command);
                }
        }
    }

    private static object? Edit(Replica replica, string op, JsonElement command)
    {
        var doc = replica.Doc;
        switch (op)
        {
            case "insert":
                var attributes = command.TryGetProperty("attributes", out var given) ? YValue.FromJson(given.GetRawText()).AsObject : null;
                doc.GetText("text").Insert(command.GetProperty("at").GetInt32(), command.GetProperty("text").GetString(), attributes);
                return null;
            case "delete":
                doc.GetText("text").Delete(command.GetProperty("at").GetInt32(), command.GetProperty("length").GetInt32());
                return null;
            case "set":
                doc.GetMap("map").Set(command.GetProperty("key").GetString()!, YValue.FromJson(command.GetProperty("value").GetRawText()));
                return null;
            case "push":
                doc.GetArray("array").Push(YValue.FromJson(command.GetProperty("value").GetRawText()));
                return null;
            case "state":
                return new
                {
                    text = doc.GetText("text").ToString(),
                    state = Convert.ToHexStringLower(doc.EncodeStateAsUpdate()),
                    pending = doc.HasPending,
                    connections = replica.Connections,
                    awareness = replica.Awareness.States.ToDictionary(s => $"{s.Key}", s => s.Value.ToJson()),
                    client = doc.ClientId,
                };
            default:
                throw new ArgumentException(op);
        }
    }
}
