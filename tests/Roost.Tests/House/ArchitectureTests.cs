using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using Roost.Testing;

namespace Roost.Tests.House;

/// <summary>The house's own rules: who may know whom, what a core may touch, how long a file may be (docs/architecture.md).</summary>
public class ArchitectureTests
{
    private static readonly string Src = Path.Combine(RepoRoot.Path, "src");

    /// <summary>Project → projects it may reference directly. An arrow that is not here does not exist.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Roost.Core"] = [],
        ["Roost.Mesh"] = ["Roost.Core"],
        ["Roost.Rtc"] = ["Roost.Core"],
        ["Roost.Crdt"] = ["Roost.Core"],
        ["Roost.GraphQL"] = ["Roost.Core"],
        ["Roost.Dialects"] = ["Roost.Core", "Roost.Mesh", "Roost.Crdt"],
        ["Roost.Rtc.Net"] = ["Roost.Core", "Roost.Rtc"],
        ["Roost.Peer"] = ["Roost.Core", "Roost.Mesh", "Roost.Crdt", "Roost.Rtc", "Roost.Rtc.Net"],
        ["Roost.Hub"] = ["Roost.Core", "Roost.Mesh", "Roost.Dialects", "Roost.Crdt", "Roost.Rtc", "Roost.Rtc.Net"],
        ["Roost.Worlds"] = ["Roost.Core", "Roost.Mesh"],
        ["Roost.Cli"] = ["Roost.Core", "Roost.Mesh", "Roost.Peer", "Roost.Hub", "Roost.Crdt", "Roost.Worlds"],
    };

    private static readonly string[] NotInCores =
    [
        "System.Net.Sockets", "System.Net.Http", "System.Net.WebSockets", "System.Net.WebSockets.Client", "System.Net.Security", "System.IO.Pipelines",
        "System.Threading.Channels", "System.Net.NetworkInformation", "System.Net.NameResolution", "System.Console", "System.IO.FileSystem",
    ];

    public static TheoryData<string> Projects => [.. Directory.GetDirectories(Src).Select(d => Path.GetFileName(d)!)];

    public static TheoryData<string> PureProjects => [.. Directory.GetDirectories(Src).Select(d => Path.GetFileName(d)!).Where(IsPure)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Arrows_point_one_way(string project)
    {
        var allowed = Assert.Contains(project, (IReadOnlyDictionary<string, string[]>)Arrows);
        var actual = ProjectFile(project).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));
        Assert.Empty(actual.Except(allowed));
    }

    [Theory]
    [MemberData(nameof(PureProjects))]
    public void A_core_references_no_network_and_no_channel(string project)
    {
        using var file = File.OpenRead(Assembly(project));
        using var pe = new PEReader(file);
        var metadata = pe.GetMetadataReader();
        var referenced = metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name)).ToList();
        Assert.Empty(referenced.Intersect(NotInCores));
        Assert.DoesNotContain(referenced, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(PureProjects))]
    public void No_signature_of_a_core_names_a_task_or_a_token(string project)
    {
        string[] banned = ["Task", "ValueTask", "CancellationToken", "Timer", "TimeProvider", "Thread"];
        var assembly = System.Reflection.Assembly.LoadFrom(Assembly(project));
        var names =
            from type in assembly.GetTypes()
            from member in type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            from used in TypesOf(member)
            where banned.Contains(used.Name.Split('`')[0]) && used.Namespace?.StartsWith("System.Threading", StringComparison.Ordinal) == true
            select $"{type.Name}.{member.Name}: {used.Name}";
        Assert.Empty(names);
    }

    [Fact]
    public void No_source_file_is_longer_than_400_lines()
    {
        string[] folders = [Src, Path.Combine(RepoRoot.Path, "web", "client"), Path.Combine(RepoRoot.Path, "web", "app"), Path.Combine(RepoRoot.Path, "tests"), Path.Combine(RepoRoot.Path, "bench")];
        var files = folders.Where(Directory.Exists)
            .SelectMany(f => Directory.EnumerateFiles(f, "*.*", SearchOption.AllDirectories))
            .Where(f => Path.GetExtension(f) is ".cs" or ".ts" or ".mjs" or ".css" && !f.Contains("/node_modules/") && !f.Contains("/obj/") && !f.Contains("/dist/"));
        Assert.Empty(files.Select(f => (File: f, Lines: File.ReadLines(f).Count())).Where(f => f.Lines > 400).Select(f => $"{f.File} has {f.Lines}"));
    }

    [Fact]
    public void The_median_file_stays_below_ninety_lines_or_so()
    {
        var lines = Directory.EnumerateFiles(Src, "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains("/obj/")).Select(f => File.ReadLines(f).Count()).Order().ToList();
        Assert.InRange(lines[lines.Count / 2], 20, 110);
    }

    private static IEnumerable<Type> TypesOf(MemberInfo member) => member switch
    {
        MethodInfo method => method.GetParameters().Select(p => p.ParameterType).Append(method.ReturnType),
        ConstructorInfo made => made.GetParameters().Select(p => p.ParameterType),
        FieldInfo field => [field.FieldType],
        PropertyInfo property => [property.PropertyType],
        _ => [],
    };

    private static bool IsPure(string project) => ProjectFile(project).Descendants("RoostLayer").Any(l => l.Value == "Pure");

    private static XDocument ProjectFile(string project) => XDocument.Load(Path.Combine(Src, project, project + ".csproj"));

    private static string Assembly(string project) => Path.Combine(RepoRoot.Path, "artifacts", "bin", project, "release", project + ".dll");
}
