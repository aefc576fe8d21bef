namespace Roost.Cli.Models;

/// <summary>What a <see cref="ModelException"/> means to a person: code, cause, fix, exit code (docs/errors.md).</summary>
internal static class ModelProblems
{
    public static Problem Of(ModelException e, ModelEndpoint endpoint) => e.Fault switch
    {
        ModelFault.Unreachable => new("ROOST-4101", $"no model server answers at {endpoint.Base}: {e.Message}", "is it running? Name another with --base-url URL", ExitCode.Resource),
        ModelFault.Refused => Refused(e, endpoint),
        ModelFault.Stalled => new("ROOST-4103", $"the model at {endpoint.Base} stalled: {e.Message}", "what came so far is kept; ask again, or allow more with --timeout", ExitCode.TimedOut),
        ModelFault.BrokeOff => new("ROOST-4104", $"the answer broke off: {e.Message}", "what came so far is kept; go on with: roost ask -c \"go on\"", ExitCode.Partly),
        _ => new("ROOST-4105", $"{endpoint.Base} is no OpenAI-compatible server: {e.Message}", "its address usually ends in /v1", ExitCode.Resource),
    };

    private static Problem Refused(ModelException e, ModelEndpoint endpoint) => e.Status switch
    {
        401 or 403 => new("ROOST-4102", $"{endpoint.Base} refused the key ({e.Status}): {e.Message}", "set OPENAI_API_KEY in the environment", ExitCode.NotAllowed),
        404 => new("ROOST-4102", $"{endpoint.Base} has no model '{endpoint.Model}', or no chat ({e.Status}): {e.Message}", "see roost ask --models; the address usually ends in /v1", ExitCode.Resource),
        429 => new("ROOST-4102", $"{endpoint.Base} is asked too often ({e.Status}): {e.Message}", "try again later", ExitCode.RateLimited),
        _ => new("ROOST-4102", $"{endpoint.Base} answered {e.Status}: {e.Message}", "the server's own log says more", ExitCode.Resource),
    };
}
