using System.Net.Sockets;
using Roost.Hub.Hosting;
using Roost.Hub.Store;

namespace Roost.Hub.Tests;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("roost-hub-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_hub_keeps_its_key_and_only_its_owner_may_read_it()
    {
        string path = Path.Combine(_directory, "data");
        string first, second;
        await using (var hub = await TestHub.StartAsync(options => options.DataDirectory = path))
        {
            first = hub.Host.Id.ToString();
        }
        await using (var hub = await TestHub.StartAsync(options => options.DataDirectory = path))
        {
            second = hub.Host.Id.ToString();
        }
        Assert.Equal(first, second);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(path, DataDirectory.KeyFile)));
    }

    [Fact]
    public async Task A_data_directory_belongs_to_one_hub_at_a_time()
    {
        await using (var hub = await TestHub.StartAsync(options => options.DataDirectory = _directory))
        {
            var error = await Assert.ThrowsAsync<HubStartException>(() => TestHub.StartAsync(options => options.DataDirectory = _directory));
            Assert.Equal("ROOST-1912", error.Code);
            Assert.Contains(_directory, error.Message, StringComparison.Ordinal);
            if (Socket.OSSupportsUnixDomainSockets)
            {
                Assert.True(File.Exists(ControlSocket.PathIn(_directory))); // Whoever was refused took nothing away.
            }
        }
        await using var next = await TestHub.StartAsync(options => options.DataDirectory = _directory);
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_made_is_a_clear_error_at_start()
    {
        string file = Path.Combine(_directory, "file");
        await File.WriteAllTextAsync(file, "");
        var error = await Assert.ThrowsAsync<HubStartException>(() => TestHub.StartAsync(options => options.DataDirectory = Path.Combine(file, "data")));
        Assert.Equal("ROOST-1906", error.Code);
        Assert.Contains("--data", error.Message, StringComparison.Ordinal);
    }

    // The kernel's own full disk; root writes through permissions, so a read-only mode bit would prove nothing here.
    [Fact]
    public void A_full_disk_is_a_clear_error_at_start()
    {
        File.CreateSymbolicLink(Path.Combine(_directory, $"{DataDirectory.KeyFile}.new"), "/dev/full");
        var error = Assert.Throws<HubStartException>(() => DataDirectory.ReadOrMakeKey(_directory, new Driving.SystemDice()));
        Assert.Equal("ROOST-1906", error.Code);
        Assert.False(File.Exists(Path.Combine(_directory, DataDirectory.KeyFile)));
    }

    [Fact]
    public async Task A_damaged_key_is_named_and_not_overwritten()
    {
        string key = Path.Combine(_directory, DataDirectory.KeyFile);
        await File.WriteAllTextAsync(key, "not a key");
        var error = await Assert.ThrowsAsync<HubStartException>(() => TestHub.StartAsync(options => options.DataDirectory = _directory));
        Assert.Equal("ROOST-1907", error.Code);
        Assert.Equal("not a key", await File.ReadAllTextAsync(key));
    }

    [Fact]
    public async Task A_store_that_is_no_database_is_a_clear_error_at_start()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, DataDirectory.StoreFile), new string('x', 4096));
        var error = await Assert.ThrowsAsync<HubStartException>(() => TestHub.StartAsync(options => options.DataDirectory = _directory));
        Assert.Equal("ROOST-1906", error.Code);
    }
}
