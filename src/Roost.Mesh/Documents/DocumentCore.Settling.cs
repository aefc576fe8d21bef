using Roost.Core.Cores;
using Roost.Core.Feeds;
using Roost.Core.Identity;

namespace Roost.Mesh.Documents;

public sealed partial class DocumentCore
{
    private static readonly TimeSpan SettleEvery = TimeSpan.FromMilliseconds(1100); // FeedSet asks one member at most once a second.

    private readonly Dictionary<PeerId, ulong> _standing = [];
    private Instant _settleAt = Instant.Never;
    private bool _settling;
    private bool _met;
    private bool _keeperAnswers;

    private void BeginSettling(Instant now)
    {
        _settling = true;
        AskUnsettled(now);
    }

    /// <summary>Who holds less of our feed than we, as far as we know; a member that fetches says so when it is asked again.</summary>
    private void AskUnsettled(Instant now)
    {
        _settleAt = now + SettleEvery;
        foreach (var peer in Unsettled())
        {
            _set.AskRoll(peer, now);
        }
    }

    private void HearStanding(PeerId from, FeedFrame.Roll roll)
    {
        if (_keeper == from && !roll.Answer)
        {
            _keeperAnswers = true;
        }
        foreach (var line in roll.Lines)
        {
            if (line.Epoch == _own?.Epoch)
            {
                _standing[from] = line.N;
            }
        }
    }

    private IEnumerable<PeerId> Unsettled()
    {
        if (_own is not { } own)
        {
            // Nothing was written, or somebody's checkpoint holds it.
            return [];
        }
        ulong n = _set.ChainOf(own).N;
        var all = _keeper is { } keeper && _keeperAnswers ? _members.Append(keeper).Distinct() : _members;
        return all.Where(m => !_standing.TryGetValue(m, out ulong held) || held < n);
    }

    private void Settle(Instant now)
    {
        if (_settling && _met && !_checkpointing && !Unsettled().Any())
        {
            _settling = false;
            _settleAt = Instant.Never;
            _effects.Enqueue(new DocumentEffect.Settled());
        }
        else if (!_settling)
        {
            _settleAt = Instant.Never;
        }
    }
}
