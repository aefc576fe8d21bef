namespace Roost.Fuzz;

internal static class MutationRunner
{
    public static int Run(Options options) => 0;
}
