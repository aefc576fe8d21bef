using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Roost.Hub.Web;

/// <summary>One file of the web app, its compressed form made at the first request that wants it.</summary>
internal sealed partial class WebAsset
{
    private readonly Lazy<byte[]> _gzip;

    public WebAsset(string path, byte[] bytes)
    {
        Path = path;
        Bytes = bytes;
        Hash = SHA256.HashData(bytes);
        ETag = $"\"{Convert.ToHexStringLower(Hash.AsSpan(0, 16))}\"";
        IsImmutable = HashedName().IsMatch(path);
        ContentType = TypeOf(path);
        _gzip = new(() => Compress(bytes));
    }

    /// <summary>With a leading slash.</summary>
    public string Path { get; }

    public byte[] Bytes { get; }

    public byte[] Hash { get; }

    public string ETag { get; }

    /// <summary>Whether its name carries a hash of its content, so that it never changes.</summary>
    public bool IsImmutable { get; }

    public string ContentType { get; }

    /// <summary>Null where compression gains nothing.</summary>
    public byte[]? Gzip => IsText && _gzip.Value.Length < Bytes.Length ? _gzip.Value : null;

    private bool IsText => ContentType.Contains("charset", StringComparison.Ordinal) || ContentType is "image/svg+xml" or "application/wasm" or "application/manifest+json";

    private static byte[] Compress(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }
        return output.ToArray();
    }

    private static string TypeOf(string path) => System.IO.Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" or ".mjs" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".json" or ".map" => "application/json; charset=utf-8",
        ".webmanifest" => "application/manifest+json",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".ico" => "image/x-icon",
        ".woff2" => "font/woff2",
        ".wasm" => "application/wasm",
        ".txt" or ".md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };

    // What bundlers write: name-1a2b3c4d.js or name.1a2b3c4d.css, eight or more of base64url or hex.
    [GeneratedRegex(@"[-.][A-Za-z0-9_-]{8,}\.(js|mjs|css|svg|png|woff2|wasm)$")]
    private static partial Regex HashedName();
}
