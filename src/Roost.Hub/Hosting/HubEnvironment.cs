using System.Globalization;

namespace Roost.Hub.Hosting;

/// <summary>The environment's names, as PigeonHub's README gives them, to <see cref="HubOptions"/>. Nowhere else are they read.</summary>
public static class HubEnvironment
{
    /// <summary>Sets every option that the environment names.</summary>
    /// <param name="options">What is set.</param>
    /// <param name="read">Looks a variable up; null for unset.</param>
    /// <exception cref="HubStartException">A value that cannot be meant.</exception>
    public static void Apply(HubOptions options, Func<string, string?> read)
    {
        Set("PORT", value => options.Port = Number("PORT", value, 0, 65_535));
        Set("HOST", value => options.Host = value);
        Set("NODE_ENV", value => options.Development = value == "development");
        Set("BOOTSTRAP_PEERS", value => options.BootstrapPeers = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        Set("APP_ID", value => options.AppId = value);
        Set("REGION", value => options.Region = value);
        Set("PUBLIC_URL", value => options.PublicUrl = value);
        Set("SIGNALING_TIMEOUT", value => options.SignalingTimeout = TimeSpan.FromMilliseconds(Number("SIGNALING_TIMEOUT", value, 100, 600_000)));
        Set("CORS_ORIGIN", value => options.CorsOrigin = value);
        Set("ICE_SERVERS", value => options.IceServers = value);

        void Set(string name, Action<string> apply)
        {
            if (read(name) is { Length: > 0 } value)
            {
                apply(value);
            }
        }
    }

    /// <summary>What an operator should know about variables that are set and change nothing; sentences.</summary>
    /// <param name="read">Looks a variable up; null for unset.</param>
    public static IEnumerable<string> Notes(Func<string, string?> read)
    {
        if (read("DHT_BOOTSTRAP_RETRIES") is { Length: > 0 })
        {
            yield return "DHT_BOOTSTRAP_RETRIES changes nothing here: a hub named with --mesh or BOOTSTRAP_PEERS is tried for ever, every 10 s at last";
        }
    }

    private static int Number(string name, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw new HubStartException("ROOST-1903", $"{name} is \"{value}\"; it must be a whole number from {least} to {most}.");
}
