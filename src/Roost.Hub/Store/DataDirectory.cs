using System.Security.Cryptography;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Hub.Hosting;

namespace Roost.Hub.Store;

/// <summary>The directory of <c>--data</c>: the hub's key, readable by its owner only, and one SQLite file.</summary>
internal static class DataDirectory
{
    public const string KeyFile = "hub.key";
    public const string StoreFile = "hub.db";
    public const string LockFile = "hub.lock";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The key kept there; a new one where there is none.</summary>
    /// <exception cref="HubStartException">The directory cannot be used, or the file is not a key.</exception>
    public static SigningKey ReadOrMakeKey(string directory, Dice dice)
    {
        string path = Path.Combine(directory, KeyFile);
        try
        {
            Directory.CreateDirectory(directory);
            if (!File.Exists(path))
            {
                Write(path, dice);
            }
            var seed = File.ReadAllBytes(path);
            if (seed.Length != Ed25519.SeedSize)
            {
                throw new HubStartException("ROOST-1907", $"{path} is not a hub's key; restore it from a copy, or delete it to get a new identity.");
            }
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, OwnerOnly);
            }
            var key = SigningKey.FromSeed(seed);
            CryptographicOperations.ZeroMemory(seed);
            return key;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(directory, exception);
        }
    }

    /// <summary>Holds a directory for one hub until it is disposed of, or the process ends in whatever way.</summary>
    /// <exception cref="HubStartException">Another hub holds it, or it cannot be used.</exception>
    public static IDisposable Hold(string directory)
    {
        string path = Path.Combine(directory, LockFile);
        try
        {
            Directory.CreateDirectory(directory);
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception.GetType() == typeof(IOException) && File.Exists(path))
        {
            throw new HubStartException("ROOST-1912", $"Another hub runs with the data directory {directory}; give every hub a directory of its own with --data.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(directory, exception);
        }
    }

    public static HubStartException Unusable(string directory, Exception exception) => new(
        "ROOST-1906", $"The data directory {directory} cannot be used ({exception.Message.TrimEnd('.')}); make it writable, free some space, or name another with --data.", exception);

    // Under another name first: a full disk must not leave half a key behind.
    private static void Write(string path, Dice dice)
    {
        var seed = new byte[Ed25519.SeedSize];
        dice.Fill(seed);
        string partial = $"{path}.new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }
        using (var file = new FileStream(partial, options))
        {
            file.Write(seed);
            file.Flush(flushToDisk: true);
        }
        File.Move(partial, path, overwrite: false);
        CryptographicOperations.ZeroMemory(seed);
    }
}
