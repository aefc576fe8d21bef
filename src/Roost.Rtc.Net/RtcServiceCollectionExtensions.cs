using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Roost.Rtc.Net;

/// <summary>Registration with dependency injection.</summary>
public static class RtcServiceCollectionExtensions
{
    /// <summary>Adds one <see cref="RtcRuntime"/> for the container; connections come from <see cref="RtcRuntime.CreateConnection"/>.</summary>
    public static IServiceCollection AddRoostRtc(this IServiceCollection services, RtcRuntimeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(provider => new RtcRuntime((options ?? new RtcRuntimeOptions()) with
        {
            LoggerFactory = options?.LoggerFactory ?? provider.GetService<ILoggerFactory>(),
        }));
        return services;
    }
}
