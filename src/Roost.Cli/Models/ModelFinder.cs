using System.Text.Json;

namespace Roost.Cli.Models;

/// <summary>Finds a model server: the one that was named, else one that usually runs on this machine.</summary>
internal sealed class ModelFinder(Func<string, string?> environment) : IDisposable
{
    // Where they listen unless told otherwise.
    private static readonly (string Name, string Url)[] Usual =
    [
        ("Ollama", "http://127.0.0.1:11434/v1/"),
        ("LM Studio", "http://127.0.0.1:1234/v1/"),
        ("llama.cpp", "http://127.0.0.1:8080/v1/"),
    ];

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = AnswerWithin, UseCookies = false }) { Timeout = AnswerWithin };

    public void Dispose() => _http.Dispose();

    /// <summary>The endpoint to ask.</summary>
    /// <param name="baseUrl">From --base-url.</param>
    /// <param name="model">From --model.</param>
    /// <param name="cancellationToken">Gives up looking.</param>
    /// <exception cref="ProblemException">ROOST-4101, ROOST-4107 or ROOST-2000.</exception>
    public async Task<ModelEndpoint> FindAsync(string? baseUrl, string? model, CancellationToken cancellationToken)
    {
        model ??= Named("OPENAI_MODEL");
        if ((baseUrl ?? Named("OPENAI_BASE_URL")) is { } named)
        {
            var at = Read(named);
            // A key goes only where its owner has pointed, never to whoever happens to listen on a local port.
            string? key = Named("OPENAI_API_KEY");
            return new(at, model ?? await FirstModelAsync(at, key, cancellationToken) ?? throw NoModel(at), key);
        }
        foreach (var (_, url) in Usual)
        {
            var at = new Uri(url);
            if (await ModelsAsync(at, null, cancellationToken) is { } models)
            {
                return new(at, model ?? (models.Count > 0 ? models[0] : throw NoModel(at)), null);
            }
        }
        string tried = string.Join(", ", Usual.Select(one => $"{one.Name} at {new Uri(one.Url).Authority}"));
        throw new ProblemException(new Problem("ROOST-4101", $"no model server found; tried OPENAI_BASE_URL (not set), {tried}", "start one, for instance: ollama serve — or name one with --base-url URL", ExitCode.Resource));
    }

    /// <summary>The models that a server lists.</summary>
    public async Task<IReadOnlyList<string>?> ModelsAsync(Uri at, string? key, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(at, "models"));
            if (key is not null)
            {
                request.Headers.Authorization = new("Bearer", key);
            }
            using var response = await _http.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                return null;
            }
            using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return json.RootElement.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array
                ? [.. data.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.Object).Select(one => one.TryGetProperty("id", out var id) ? id.ToString() : "").Where(id => id.Length > 0)]
                : null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException or InvalidOperationException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null; // nobody there, or somebody else
        }
    }

    private async Task<string?> FirstModelAsync(Uri at, string? key, CancellationToken cancellationToken) =>
        await ModelsAsync(at, key, cancellationToken) is { Count: > 0 } models ? models[0] : null;

    private string? Named(string name) => environment(name) is { Length: > 0 } value ? value : null;

    private static Uri Read(string url) =>
        Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var at) && at.Scheme is "http" or "https" && at.UserInfo.Length == 0
            ? at
            : throw new ProblemException(new Problem("ROOST-4108", $"'{url}' is no address of a model server", "write it like http://127.0.0.1:11434/v1", ExitCode.Usage));

    private static ProblemException NoModel(Uri at) =>
        new(new Problem("ROOST-4107", $"{at} lists no model", "name one with --model, or load one there (ollama pull llama3.2)", ExitCode.Usage));
}
