using System.Net;

namespace Roost.Hub.Sockets;

/// <summary>What a client said when it asked for a WebSocket, whichever road it came by.</summary>
/// <param name="Path">Decoded path, as sent: may be <c>//</c> or worse.</param>
/// <param name="Query">Raw query without the question mark.</param>
/// <param name="Subprotocols">The comma-separated list it offers; empty for none.</param>
/// <param name="Remote">Where it comes from.</param>
public sealed record UpgradeRequest(string Path, string Query, string Subprotocols, IPAddress? Remote)
{
    /// <summary>The first value of a query parameter, decoded; null when it is absent.</summary>
    public string? QueryValue(string name)
    {
        foreach (var part in new QueryParts(Query))
        {
            if (part.Name.Equals(name, StringComparison.Ordinal))
            {
                return Uri.UnescapeDataString(part.Value.ToString().Replace('+', ' '));
            }
        }
        return null;
    }

    /// <summary>Whether it offers this subprotocol.</summary>
    public bool Offers(string subprotocol)
    {
        foreach (var range in Subprotocols.AsSpan().Split(','))
        {
            if (Subprotocols.AsSpan(range).Trim().SequenceEqual(subprotocol))
            {
                return true;
            }
        }
        return false;
    }

    private ref struct QueryParts(string query)
    {
        private ReadOnlySpan<char> _rest = query;

        public (string Name, ReadOnlyMemory<char> Value) Current { get; private set; }

        public readonly QueryParts GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }
            int end = _rest.IndexOf('&');
            var part = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            int equals = part.IndexOf('=');
            Current = equals < 0 ? (part.ToString(), default) : (part[..equals].ToString(), part[(equals + 1)..].ToString().AsMemory());
            return true;
        }
    }
}
