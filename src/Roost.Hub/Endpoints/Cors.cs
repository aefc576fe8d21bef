using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Roost.Hub.Endpoints;

/// <summary>Who may read the public API from a page: anyone without credentials, or the origins that the operator named.</summary>
internal sealed class Cors(string origins)
{
    private readonly string[] _named = Named(origins);

    /// <summary>The origins that a setting names; none for <c>*</c>.</summary>
    public static string[] Named(string origins) => origins == "*" ? [] : origins.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Maps a GET with its preflight.</summary>
    public IEndpointConventionBuilder MapGet(IEndpointRouteBuilder endpoints, string path, Func<HttpContext, Task> answer) => Map(endpoints, "GET", path, answer);

    /// <summary>Maps a POST with its preflight.</summary>
    public IEndpointConventionBuilder MapPost(IEndpointRouteBuilder endpoints, string path, Func<HttpContext, Task> answer) => Map(endpoints, "POST", path, answer);

    private IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string method, string path, Func<HttpContext, Task> answer) =>
        endpoints.MapMethods(path, [method, "OPTIONS"], context =>
        {
            Stamp(context);
            return HttpMethods.IsOptions(context.Request.Method) ? Task.CompletedTask : answer(context);
        });

    private void Stamp(HttpContext context)
    {
        var headers = context.Response.Headers;
        if (origins == "*")
        {
            headers.AccessControlAllowOrigin = "*";
        }
        else
        {
            headers.Vary = "Origin";
            string origin = context.Request.Headers.Origin.ToString();
            if (_named.Contains(origin, StringComparer.OrdinalIgnoreCase))
            {
                headers.AccessControlAllowOrigin = origin;
                headers.AccessControlAllowCredentials = "true";
            }
        }
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            headers.AccessControlAllowMethods = "GET, POST, OPTIONS";
            headers.AccessControlAllowHeaders = "Content-Type, Authorization";
        }
    }
}
