using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Hub.Connections;
using Roost.Hub.Driving;
using Roost.Hub.Hosting;
using Roost.Hub.Web;

namespace Roost.Hub;

/// <summary>Puts a hub into an ASP.NET Core app's services.</summary>
public static class RoostHubServices
{
    /// <summary>Adds all that <c>MapRoostHub()</c> needs. What is already there stays.</summary>
    public static IServiceCollection AddRoostHub(this IServiceCollection services, Action<HubOptions>? configure = null)
    {
        services.AddMetrics();
        services.AddOptions<HubOptions>().ValidateOnStart();
        if (configure is not null)
        {
            services.Configure(configure);
        }
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HubOptions>, HubOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Dice, SystemDice>();
        services.TryAddSingleton<HubClock>();
        services.TryAddSingleton<HubMetrics>();
        services.TryAddSingleton<Authorities>();
        services.TryAddSingleton(HubMemory.None);
        services.TryAddSingleton(provider => new HubIdentity(SigningKey.Generate(provider.GetRequiredService<Dice>())));
        services.TryAddSingleton<HubService>();
        services.TryAddSingleton<WebAssets>();
        return services;
    }
}
