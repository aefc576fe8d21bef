namespace Roost.Testing;

/// <summary>Finds the checkout that a test runs from.</summary>
public static class RepoRoot
{
    /// <summary>The folder that holds Roost.slnx.</summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Roost.slnx")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? throw new InvalidOperationException("Tests run from inside the checkout.");
    }
}
