using Microsoft.Extensions.Options;
using Roost.Hub.Hosting;

namespace Roost.Hub.Web;

/// <summary>The files of the web app: those built into this assembly, or a directory's, read when first asked for.</summary>
public sealed class WebAssets
{
    private const string Prefix = "web/";

    private readonly Lazy<IReadOnlyDictionary<string, WebAsset>> _assets;

    /// <summary>Takes <see cref="HubOptions.WebRoot"/> where it is set.</summary>
    public WebAssets(IOptions<HubOptions> options)
    {
        string? root = options.Value.WebRoot;
        _assets = new(() => (root is null ? BuiltIn() : Directory(root)).ToDictionary(asset => asset.Path));
    }

    internal IReadOnlyDictionary<string, WebAsset> All => _assets.Value;

    internal WebAsset Page => All.TryGetValue("/index.html", out var page) ? page : Fallback;

    private static readonly WebAsset Fallback = new("/index.html", """
        <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Roost</title>
        <h1>This is a Roost hub</h1>
        <p>It was built without its web app (<code>web/dist</code> was missing), so links cannot be opened here.
        Everything else works: <a href="/health">health</a>.</p></html>
        """u8.ToArray());

    private static IEnumerable<WebAsset> BuiltIn()
    {
        var assembly = typeof(WebAssets).Assembly;
        foreach (string name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            yield return new("/" + name[Prefix.Length..].Replace('\\', '/'), bytes);
        }
    }

    private static IEnumerable<WebAsset> Directory(string root) =>
        System.IO.Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(file => new WebAsset("/" + Path.GetRelativePath(root, file).Replace('\\', '/'), File.ReadAllBytes(file)));
}
