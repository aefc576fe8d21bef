using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Roost.Cli.Models;

/// <summary>Asks any OpenAI-compatible server and gives the answer out as it is written.</summary>
internal sealed class ModelClient : IDisposable
{
    private readonly TimeSpan _patience;
    private readonly HttpClient _http;

    /// <param name="patience">How long a server may say nothing.</param>
    public ModelClient(TimeSpan patience)
    {
        _patience = patience;
        // Redirects are not followed: the key and the question are meant for this address only.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10), UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("roost", "1"));
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The answer, piece by piece.</summary>
    /// <exception cref="ModelException">There is none, or it broke off; pieces given before stay good.</exception>
    public async IAsyncEnumerable<string> AskAsync(ModelEndpoint endpoint, IReadOnlyList<ModelMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stall.CancelAfter(_patience);
        using var response = await GuardAsync(() => SendAsync(endpoint, messages, stall.Token), began: false, cancellationToken);
        await using var body = await GuardAsync(() => response.Content.ReadAsStreamAsync(stall.Token), began: true, cancellationToken);
        await using var events = EventLines.ReadAsync(body, stall.Token).GetAsyncEnumerator(stall.Token);
        bool isDone = false;
        int understood = 0;
        while (await GuardAsync(() => events.MoveNextAsync().AsTask(), began: true, cancellationToken))
        {
            stall.CancelAfter(_patience);
            if (CompletionChunk.TryRead(events.Current) is not { } chunk)
            {
                continue;
            }
            if (chunk.Error is { } error)
            {
                throw new ModelException(ModelFault.BrokeOff, error);
            }
            understood++;
            isDone |= chunk.IsLast;
            if (chunk.Text.Length > 0)
            {
                yield return chunk.Text;
            }
        }
        if (!isDone)
        {
            throw understood == 0
                ? new ModelException(ModelFault.NotUnderstood, "what it sends is no stream of chat completions")
                : new ModelException(ModelFault.BrokeOff, "the connection closed before the end");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(ModelEndpoint endpoint, IReadOnlyList<ModelMessage> messages, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint.At("chat/completions"))
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new ModelRequest(endpoint.Model, messages, Stream: true), ModelJson.Default.ModelRequest)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (endpoint.Key is { } key)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }
        using (response)
        {
            throw new ModelException(ModelFault.Refused, await RefusalOf(response, cancellationToken), (int)response.StatusCode);
        }
    }

    private static async Task<string> RefusalOf(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[16 * 1024];
        int read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        string text = System.Text.Encoding.UTF8.GetString(bytes, 0, read).Trim();
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error", out var error) ? CompletionChunk.ErrorText(error) : Short(text);
        }
        catch (JsonException)
        {
            return Short(text);
        }
    }

    private static string Short(string text)
    {
        string line = text.ReplaceLineEndings(" ");
        return line.Length switch { 0 => "no reason given", > 200 => line[..200] + "…", _ => line };
    }

    /// <summary>Turns what the network does into a <see cref="ModelException"/>.</summary>
    private async Task<T> GuardAsync<T>(Func<Task<T>> step, bool began, CancellationToken cancellationToken)
    {
        try
        {
            return await step();
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ModelException(ModelFault.Stalled, $"it has said nothing for {_patience.TotalSeconds:0} s", inner: e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ModelException(began ? ModelFault.BrokeOff : ModelFault.Unreachable, (e.InnerException ?? e).Message, inner: e);
        }
        catch (InvalidDataException e)
        {
            throw new ModelException(ModelFault.NotUnderstood, e.Message, inner: e);
        }
    }
}
