using Roost.Core.Identity;

namespace Roost.Peer.Storage;

/// <summary>Names this start of the operating system; zero where that cannot be told (then only logs closed in order are continued).</summary>
internal static class Boot
{
    public static Id16 Id { get; } = Read();

    private static Id16 Read()
    {
        const string Linux = "/proc/sys/kernel/random/boot_id";
        return File.Exists(Linux) && Id16.TryParse(File.ReadAllText(Linux).Trim().Replace("-", "", StringComparison.Ordinal), out var id) ? id : default;
    }
}
