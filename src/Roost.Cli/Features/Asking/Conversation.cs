using System.Text.Json;
using Roost.Cli.Models;
using Roost.Peer.Storage;

namespace Roost.Cli.Features.Asking;

/// <summary>The turns so far; the last conversation is kept for <c>-c</c>, readable by its owner only.</summary>
internal sealed class Conversation
{
    /// <summary>Older turns are left out beyond this, the system's excepted.</summary>
    private const int MaxChars = 400_000;

    private readonly List<ModelMessage> _messages = [];

    public IReadOnlyList<ModelMessage> Messages => _messages;

    private static string FilePath => System.IO.Path.Combine(StateFolder.Of("ask"), "last.json");

    /// <summary>The last one.</summary>
    /// <exception cref="ProblemException">ROOST-4109: there is none.</exception>
    public static Conversation Last()
    {
        var conversation = new Conversation();
        try
        {
            conversation._messages.AddRange(JsonSerializer.Deserialize(File.ReadAllBytes(FilePath), ModelJson.Default.ModelMessageArray) ?? []);
        }
        catch (Exception e) when (e is FileNotFoundException or JsonException)
        {
            throw new ProblemException(new Problem("ROOST-4109", "there is no conversation to go on with", "ask without -c first", ExitCode.Usage), e);
        }
        return conversation;
    }

    public void Add(string role, string content)
    {
        _messages.Add(new(role, content));
        for (int first = _messages[0].Role == "system" ? 1 : 0; _messages.Count > first + 1 && _messages.Sum(one => (long)one.Content.Length) > MaxChars;)
        {
            _messages.RemoveAt(first);
        }
    }

    /// <summary>Takes the last turn back: it was never answered.</summary>
    public void Retract() => _messages.RemoveAt(_messages.Count - 1);

    public void Keep() => SecretFile.Write(FilePath, JsonSerializer.SerializeToUtf8Bytes([.. _messages], ModelJson.Default.ModelMessageArray));
}
