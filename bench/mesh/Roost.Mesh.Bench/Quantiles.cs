namespace Roost.Mesh.Bench;

/// <summary>Order statistics of samples.</summary>
internal static class Quantiles
{
    /// <summary>The value that a share of all is not above.</summary>
    public static double At(this IEnumerable<double> samples, double share)
    {
        var sorted = samples.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
    }
}
