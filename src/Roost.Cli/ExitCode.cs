namespace Roost.Cli;

/// <summary>The exit codes, a contract with scripts: docs/exit-codes.md says when each one is used.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Unexpected = 1;
    public const int Usage = 2;
    public const int NoHub = 3;
    public const int TimedOut = 4;
    public const int Declined = 5;
    public const int Integrity = 6;
    public const int NotAllowed = 7;
    public const int RateLimited = 8;
    public const int UnknownRoom = 9;
    public const int Partly = 10;
    public const int Resource = 11;
    public const int Version = 12;
    public const int Interrupted = 130;
}
