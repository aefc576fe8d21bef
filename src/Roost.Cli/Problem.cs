namespace Roost.Cli;

/// <summary>An error that people can act on: a stable code, the cause, the fix (docs/errors.md), and the exit code it leads to.</summary>
internal sealed record Problem(string Code, string Cause, string Fix, int Exit);

/// <summary>Ends a command with a <see cref="Cli.Problem"/>.</summary>
internal sealed class ProblemException(Problem problem, Exception? inner = null) : Exception(problem.Cause, inner)
{
    public Problem Problem { get; } = problem;
}
