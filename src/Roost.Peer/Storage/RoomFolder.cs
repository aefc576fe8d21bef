using System.Text.RegularExpressions;
using Roost.Core.Crypto;
using Roost.Core.Rooms;

namespace Roost.Peer.Storage;

/// <summary>A room with a name of its own on this machine: key, secret, log and port survive restarts (<c>--room NAME</c>).</summary>
/// <remarks>Held by one process at a time: a second one gets <see cref="RoomInUseException"/>.</remarks>
public sealed partial class RoomFolder : IDisposable
{
    private readonly string _path;
    private readonly FileStream _lock;

    private RoomFolder(string path, FileStream @lock)
    {
        _path = path;
        _lock = @lock;
        Key = SigningKey.FromSeed(SecretFile.ReadOrCreate(In("key"), Ed25519.SeedSize, () => Random(Ed25519.SeedSize)));
        Secret = RoomSecret.FromBytes(SecretFile.ReadOrCreate(In("secret"), RoomSecret.Size, () => Random(RoomSecret.Size)));
    }

    /// <summary>The host's key.</summary>
    public SigningKey Key { get; }

    /// <summary>The room's secret.</summary>
    public RoomSecret Secret { get; }

    /// <summary>Where the log is.</summary>
    public string LogPath => In("log");

    /// <summary>The port that the private hub had last time, so that links stay valid; null at first.</summary>
    public int? Port
    {
        get => File.Exists(In("port")) && int.TryParse(File.ReadAllText(In("port")), out int port) && port is > 0 and < 65536 ? port : null;
        set => File.WriteAllText(In("port"), $"{value}");
    }

    /// <summary>Whether a name may be a room's: 1 to 64 letters, digits, dots, dashes and underscores, not starting with a dot.</summary>
    public static bool IsName(string name) => NamePattern().IsMatch(name);

    /// <summary>Opens the folder of <paramref name="name"/>, and makes it when new.</summary>
    /// <exception cref="ArgumentException">Not a name.</exception>
    /// <exception cref="RoomInUseException">Another process hosts it.</exception>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    public static RoomFolder Open(string name)
    {
        if (!IsName(name))
        {
            throw new ArgumentException("ROOST-2002 a room's name has 1 to 64 letters, digits, '.', '-' or '_' and starts with none of '.', '-'; choose another", nameof(name));
        }
        string path = StateFolder.Of("rooms", name);
        FileStream held;
        try
        {
            held = new FileStream(Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.GetType() == typeof(IOException) && File.Exists(Path.Combine(path, "lock")))
        {
            throw new RoomInUseException(name);
        }
        return new RoomFolder(path, held);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Key.Dispose();
        _lock.Dispose();
    }

    private static byte[] Random(int size)
    {
        var bytes = new byte[size];
        SystemDice.Instance.Fill(bytes);
        return bytes;
    }

    private string In(string file) => Path.Combine(_path, file);

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$")]
    private static partial Regex NamePattern();
}

/// <summary>Another process on this machine hosts the room already.</summary>
public sealed class RoomInUseException(string name)
    : IOException($"ROOST-2003 the room '{name}' is hosted by another process on this machine; end that one, or take another name");
