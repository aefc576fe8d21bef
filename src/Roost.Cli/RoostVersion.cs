using System.Reflection;

namespace Roost.Cli;

/// <summary>What <c>roost --version</c> prints.</summary>
internal static class RoostVersion
{
    public static string Text { get; } =
        "roost " + (typeof(RoostVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0");
}
