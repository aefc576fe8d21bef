using System.Text;

namespace Roost.Cli.Features.Asking;

/// <summary>What the model is given beside the question: files, and standard input where that is a pipe or a file.</summary>
internal static class AskContext
{
    /// <summary>Text beyond this would not fit into a model anyway.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>The question with its context.</summary>
    /// <exception cref="ProblemException">ROOST-4106: a file cannot be read, is no text, or all is too much; ROOST-4110: there is nothing to ask.</exception>
    public static async Task<string> ReadAsync(AskOptions options, CancellationToken cancellationToken)
    {
        var whole = new StringBuilder();
        int left = MaxBytes;
        foreach (var file in options.Files)
        {
            left -= Append(whole, file.Name, await BytesOfAsync(file, cancellationToken), left);
        }
        if (Console.IsInputRedirected)
        {
            using var stdin = Console.OpenStandardInput();
            var bytes = await ReadToEndAsync(stdin, left, "standard input", cancellationToken);
            if (options.Prompt.Length == 0 && options.Files.Length == 0)
            {
                whole.Append(TextOf("standard input", bytes));
            }
            else if (bytes.Length > 0)
            {
                Append(whole, "standard input", bytes, left);
            }
        }
        whole.Append(options.Prompt);
        return whole.Length > 0 && !string.IsNullOrWhiteSpace(whole.ToString())
            ? whole.ToString()
            : throw new ProblemException(new Problem("ROOST-4110", "there is nothing to ask", "write the question behind 'roost ask', or pipe it in", ExitCode.Usage));
    }

    private static int Append(StringBuilder whole, string name, byte[] bytes, int left)
    {
        if (bytes.Length > left)
        {
            throw TooMuch(name);
        }
        string text = TextOf(name, bytes);
        string fence = text.Contains("```", StringComparison.Ordinal) ? "~~~~~~" : "```";
        whole.Append(name).Append(":\n").Append(fence).Append('\n').Append(text).Append(text.EndsWith('\n') ? "" : "\n").Append(fence).Append("\n\n");
        return bytes.Length;
    }

    private static async Task<byte[]> BytesOfAsync(FileInfo file, CancellationToken cancellationToken)
    {
        try
        {
            using var stream = file.OpenRead();
            return await ReadToEndAsync(stream, MaxBytes, file.Name, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem("ROOST-4106", $"{file} cannot be read: {e.Message}", "check its name", ExitCode.Resource), e);
        }
    }

    private static async Task<byte[]> ReadToEndAsync(Stream stream, int most, string name, CancellationToken cancellationToken)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(cancellationToken) is > 0 and var read)
        {
            whole.Write(buffer, 0, read);
            if (whole.Length > most)
            {
                throw TooMuch(name);
            }
        }
        return whole.ToArray();
    }

    private static string TextOf(string name, byte[] bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) && !bytes.AsSpan().Contains((byte)0)
            ? Encoding.UTF8.GetString(bytes)
            : throw new ProblemException(new Problem("ROOST-4106", $"{name} is no UTF-8 text", "give the model text", ExitCode.Usage));

    private static ProblemException TooMuch(string name) =>
        new(new Problem("ROOST-4106", $"{name} makes the context larger than 1 MiB", "give the model less, for instance with head -c", ExitCode.Usage));
}
