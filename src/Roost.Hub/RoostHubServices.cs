using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Hub.Connections;
using Roost.Hub.Driving;
using Roost.Hub.Endpoints;
using Roost.Hub.Hosting;
using Roost.Hub.Store;
using Roost.Hub.Stun;
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
        services.TryAddSingleton<HubIdentity>(provider =>
        {
            var dice = provider.GetRequiredService<Dice>();
            if (DirectoryOf(provider) is not { } directory)
            {
                return new(SigningKey.Generate(dice));
            }
            var held = DataDirectory.Hold(directory);
            try
            {
                return new(DataDirectory.ReadOrMakeKey(directory, dice), held);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        });
        services.TryAddSingleton<HubMemory>(provider =>
        {
            _ = provider.GetRequiredService<HubIdentity>(); // Its key file makes the directory that the store opens in.
            return DirectoryOf(provider) is { } directory
                ? SqliteMemory.Open(directory, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<HubMemory>>())
                : HubMemory.None;
        });
        services.TryAddSingleton<HubService>();
        services.TryAddSingleton<StunService>();
        services.TryAddSingleton<WebAssets>();
        services.AddHostedService<HubStartup>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, UpgradeOnlyPolicy>());
        return services;
    }

    private static string? DirectoryOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<HubOptions>>().Value.DataDirectory;
}
