using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Roost.Hub.Hosting;

namespace Roost.Hub.Stun;

/// <summary>Runs the STUN responder once the hub knows its port.</summary>
public sealed partial class StunService(IOptions<HubOptions> options, ILogger<StunService> log) : IAsyncDisposable
{
    private StunResponder? _responder;

    /// <summary>Whether clients may be told of it.</summary>
    public bool IsRunning => _responder is not null;

    internal void Start(int port)
    {
        if (!options.Value.Stun)
        {
            return;
        }
        var address = options.Value.Host switch
        {
            "0.0.0.0" or "::" or "*" or "" => IPAddress.IPv6Any,
            var host when IPAddress.TryParse(host.Trim('[', ']'), out var one) => one,
            _ => IPAddress.Loopback,
        };
        _responder = StunResponder.TryStart(address, port) ?? (address.Equals(IPAddress.IPv6Any) ? StunResponder.TryStart(IPAddress.Any, port) : null);
        if (_responder is null)
        {
            Log.CannotListen(log, port);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _responder?.DisposeAsync() ?? default;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "ROOST-1910 UDP port {Port} cannot be used, so this hub answers no STUN; free it, or name other servers with ICE_SERVERS")]
        public static partial void CannotListen(ILogger log, int port);
    }
}
