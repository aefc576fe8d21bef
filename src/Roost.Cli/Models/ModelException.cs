namespace Roost.Cli.Models;

/// <summary>Why a model gave no answer, or only a part of one.</summary>
internal enum ModelFault
{
    /// <summary>Nobody listens at the address.</summary>
    Unreachable,

    /// <summary>The address answered with an error status.</summary>
    Refused,

    /// <summary>Nothing came for too long.</summary>
    Stalled,

    /// <summary>The answer broke off, or an error came in the middle of it.</summary>
    BrokeOff,

    /// <summary>What came is no stream of chat completions.</summary>
    NotUnderstood,
}

/// <summary>A <see cref="ModelFault"/> with what was seen of it.</summary>
internal sealed class ModelException(ModelFault fault, string detail, int status = 0, Exception? inner = null) : Exception(detail, inner)
{
    public ModelFault Fault { get; } = fault;

    public int Status { get; } = status;
}
