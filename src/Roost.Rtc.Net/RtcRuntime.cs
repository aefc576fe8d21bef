using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Roost.Rtc.Net.Io;
using Roost.Rtc.Net.Loop;
using Roost.Rtc.Net.OpenSsl;

namespace Roost.Rtc.Net;

/// <summary>The threads and sockets that connections share.</summary>
/// <remarks>Thread-safe. Connections of one runtime share UDP sockets: one per local address and loop, whatever their number.</remarks>
public sealed partial class RtcRuntime : IDisposable
{
    private static readonly Lazy<RtcRuntime> SharedRuntime = new(() => new RtcRuntime());

    private readonly RtcLoop[] _loops;
    private readonly Lazy<OpenSslContext> _context = new(() => new OpenSslContext(DtlsCertificate.Create()));
    private int _next = -1;
    private volatile bool _isDisposed;

    /// <summary>Starts the threads.</summary>
    /// <exception cref="DtlsUnavailableException">OpenSSL 3 is missing; the message names the package.</exception>
    public RtcRuntime(RtcRuntimeOptions? options = null)
    {
        options ??= new RtcRuntimeOptions();
        OpenSslLibrary.Require();
        Logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("Roost.Rtc");
        var count = options.Loops > 0 ? options.Loops : Math.Max(1, Environment.ProcessorCount / 2);
        _loops = new RtcLoop[count];
        for (var i = 0; i < count; i++)
        {
            IUdpBackend backend = OperatingSystem.IsLinux() && !options.PortableSockets
                ? new LinuxUdpBackend(options.Segmentation) : new PortableUdpBackend();
            _loops[i] = new RtcLoop(backend, Logger, i);
        }
    }

    /// <summary>One for the process, started when first used and never stopped.</summary>
    public static RtcRuntime Shared => SharedRuntime.Value;

    /// <summary>Readies <see cref="Shared"/> in the background: OpenSSL, the threads and the certificate, for which the first connection would wait otherwise.</summary>
    /// <remarks>Returns at once. What fails is said by the first connection.</remarks>
    public static void WarmUp() => _ = Task.Run(static () =>
    {
        try
        {
            Shared.ContextFor(null).Create().Dispose();
        }
        catch (DtlsUnavailableException)
        {
            // the first connection meets it again, and says so
        }
    });

    internal ILogger Logger { get; }

    /// <summary>Makes a connection that lives on this runtime.</summary>
    /// <exception cref="ObjectDisposedException">The runtime is disposed.</exception>
    public RtcPeerConnection CreateConnection(RtcConfiguration? configuration = null)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new(configuration, this);
    }

    internal RtcLoop NextLoop() => _loops[(uint)Interlocked.Increment(ref _next) % (uint)_loops.Length];

    internal OpenSslContext ContextFor(DtlsCertificate? certificate) => certificate is null ? _context.Value : new OpenSslContext(certificate);

    /// <summary>Closes all connections and stops the threads.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        foreach (var loop in _loops)
        {
            loop.Dispose();
        }
    }

    internal void LogRefusedChannel(string label, string reason) => Log.ChannelRefused(Logger, label, reason);

    internal void LogBrokenHandler(Exception exception) => Log.HandlerThrew(Logger, exception);

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Warning, "Data channel \"{Label}\" could not be made: {Reason}")]
        internal static partial void ChannelRefused(ILogger logger, string label, string reason);

        [LoggerMessage(11, LogLevel.Warning, "An event handler of the application threw.")]
        internal static partial void HandlerThrew(ILogger logger, Exception exception);
    }
}
