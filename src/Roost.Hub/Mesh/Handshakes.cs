using Roost.Mesh.Hubs;

namespace Roost.Hub.Mesh;

/// <summary>Hubs that dialled this one and have not proven themselves: each costs a signature and a socket, and whoever dials needs neither key nor permission. Thread-safe.</summary>
internal sealed class Handshakes
{
    /// <summary>At one time, of one address and of all.</summary>
    public const int MostOfOne = 64, Most = 2_048;

    private readonly Lock _gate = new();
    private readonly Dictionary<ClientAddress, int> _byAddress = [];
    private int _count;

    /// <summary>Begins one. False: there are too many.</summary>
    public bool TryEnter(ClientAddress address)
    {
        lock (_gate)
        {
            int own = _byAddress.GetValueOrDefault(address);
            if (own >= MostOfOne || _count >= Most)
            {
                return false;
            }
            _byAddress[address] = own + 1;
            _count++;
            return true;
        }
    }

    /// <summary>Ends one that began.</summary>
    public void Leave(ClientAddress address)
    {
        lock (_gate)
        {
            _count--;
            if (_byAddress[address] > 1)
            {
                _byAddress[address]--;
            }
            else
            {
                _byAddress.Remove(address);
            }
        }
    }
}
