using System.IO.Pipelines;

namespace Roost.Hub.Sockets;

/// <summary>A stream as a pair of pipes.</summary>
internal sealed class StreamPipes(Stream stream) : IDuplexPipe
{
    public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(useZeroByteReads: true));

    public PipeWriter Output { get; } = PipeWriter.Create(stream);
}
