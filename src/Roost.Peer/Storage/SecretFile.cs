namespace Roost.Peer.Storage;

/// <summary>Small files that only their owner may read (mode 0600).</summary>
public static class SecretFile
{
    /// <summary>The file's bytes when it has exactly <paramref name="size"/> of them; else what <paramref name="make"/> gives, stored first.</summary>
    public static byte[] ReadOrCreate(string path, int size, Func<byte[]> make)
    {
        if (File.Exists(path) && File.ReadAllBytes(path) is { } known && known.Length == size)
        {
            return known;
        }
        var bytes = make();
        Write(path, bytes);
        return bytes;
    }

    /// <summary>Writes the file whole: to a neighbour first, then renamed into place.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        string draft = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        using (var file = new FileStream(draft, options))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, path, overwrite: true);
    }
}
