using System.Runtime.InteropServices;
using SQLitePCL;

namespace Roost.Hub.Store;

/// <summary>Prefers the system's SQLite, which gets security fixes, over the older one in the package.</summary>
internal static class SqliteLibrary
{
    private static readonly Lazy<bool> Loaded = new(() =>
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, static (name, assembly, paths) =>
            name == "e_sqlite3" && NativeLibrary.TryLoad("libsqlite3.so.0", out nint system) ? system : NativeLibrary.Load(name, assembly, paths));
        Batteries_V2.Init();
        return true;
    });

    public static void Load() => _ = Loaded.Value;
}
