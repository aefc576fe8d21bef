using Roost.Hub.Hosting;

namespace Roost.Hub.Store;

/// <summary>Keeps a data directory to one hub at a time: two with one key would be one hub at two places, and write into each other's files. The system lets go of it with the process.</summary>
internal sealed class DataLock : IDisposable
{
    public const string LockFile = "hub.lock";

    private readonly FileStream _file;

    private DataLock(FileStream file) => _file = file;

    /// <exception cref="HubStartException">Another hub has it, or the directory cannot be used.</exception>
    public static DataLock Take(string directory)
    {
        string path = Path.Combine(directory, LockFile);
        try
        {
            Directory.CreateDirectory(directory);
            if (!File.Exists(path))
            {
                File.WriteAllBytes(path, []);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw DataDirectory.Unusable(directory, exception);
        }
        try
        {
            return new(new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception)
        {
            throw new HubStartException("ROOST-1912", $"Another hub uses the data directory {directory}; end that one, or name another with --data.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw DataDirectory.Unusable(directory, exception);
        }
    }

    public void Dispose() => _file.Dispose();
}
