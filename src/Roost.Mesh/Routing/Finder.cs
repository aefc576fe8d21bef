using Roost.Core.Cores;
using Roost.Mesh.Federation;
using Roost.Mesh.Leases;
using Roost.Mesh.Membership;

namespace Roost.Mesh.Routing;

/// <summary>
/// Asks owners where a peer is: two at once, the next two when they do not know, do not agree or do not answer, and from the start again while somebody waits.
/// A proven lease is believed at once. A guest's is a hub's mere word: two owners must say the same, or most of them, so that one that lies leads nobody astray.
/// </summary>
internal sealed class Finder(MeshState mesh, Roll roll, Rendezvous rendezvous, LeaseTable leases)
{
    private const int AtOnce = 2;
    private const int Agreeing = 2;
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);

    private readonly Dictionary<uint, Question> _byNumber = [];
    private readonly Dictionary<PeerKey, Question> _byKey = [];
    private uint _next = 1;

    private sealed class Question(uint number, PeerKey key, Instant until)
    {
        public uint Number { get; } = number;

        public PeerKey Key { get; } = key;

        public Instant Until { get; set; } = until;

        public Queue<KnownHub> ToAsk { get; set; } = [];

        public int Waiting { get; set; }

        public int Round { get; set; }

        public HashSet<ulong> WrongHomes { get; } = [];

        /// <summary>Who was asked in this round through the owners and has not answered.</summary>
        public HashSet<KnownHub> Asked { get; } = [];

        /// <summary>Who claims that the peer is there, and is asked for the proof beside the owners. Its bare word counts only where no owner is left to ask.</summary>
        public KnownHub? Claimant { get; set; }

        /// <summary>The bare word of the claimant.</summary>
        public Lease? Claim { get; set; }

        /// <summary>An owner knows of no such peer.</summary>
        public bool IsDenied { get; set; }

        /// <summary>What owners say of a guest.</summary>
        public List<(KnownHub By, Lease Lease)> Said { get; } = [];
    }

    /// <summary>A lease came.</summary>
    public Action<PeerKey> Found { get; set; } = static _ => { };

    /// <summary>Begins a look-up, if none is under way.</summary>
    /// <param name="key">Of whom.</param>
    /// <param name="wrongHome">A hub where it is not; 0 for none.</param>
    /// <param name="claimant">A hub that speaks for it.</param>
    public void Ask(PeerKey key, ulong wrongHome = 0, KnownHub? claimant = null)
    {
        if (!_byKey.TryGetValue(key, out var question))
        {
            mesh.Counters.Lookups++;
            question = new(_next++, key, mesh.Now + mesh.Options.SignalingTimeout) { Claimant = claimant };
            _byNumber.Add(question.Number, question);
            _byKey.Add(key, question);
            mesh.Later(mesh.Options.SignalingTimeout, "end a look-up", () => End(question));
            Begin(question);
        }
        question.WrongHomes.Add(wrongHome);
    }

    public void Answered(KnownHub by, MeshFrame.Found found)
    {
        if (!_byNumber.TryGetValue(found.Question, out var question) || question.Key != found.Key || !question.Asked.Remove(by))
        {
            return;
        }
        if (found.Lease is { } lease && lease.Key == question.Key && !question.WrongHomes.Contains(lease.Home) && roll.Find(lease.Home) is { IsUp: true } home)
        {
            if (lease.Proof is null && by == question.Claimant && lease.Home == by.Id.Short)
            {
                question.Claim = lease;
            }
            else if (lease.Proof is null)
            {
                question.Said.Add((by, lease));
            }
            if (lease.Proof is null ? question.Said.Count(said => said.Lease.Home == lease.Home) >= Agreeing : lease.Proof.Proves(lease, home.Key))
            {
                Believe(question, lease);
                return;
            }
        }
        question.IsDenied |= found.Lease is null && by != question.Claimant;
        if (by != question.Claimant && --question.Waiting <= 0)
        {
            AskNext(question);
        }
    }

    /// <summary>A question did not reach whom it was for.</summary>
    public void Unasked(MeshFrame.Find find)
    {
        if (_byNumber.TryGetValue(find.Question, out var question) && --question.Waiting <= 0)
        {
            AskNext(question);
        }
    }

    /// <summary>Nobody waits any more.</summary>
    public void Stop(PeerKey key)
    {
        if (_byKey.TryGetValue(key, out var question))
        {
            End(question);
        }
    }

    private void Begin(Question question)
    {
        var owners = rendezvous.AskedFor(question.Key.Peer);
        question.ToAsk = new(owners.OfType<KnownHub>().Where(owner => owner != question.Claimant));
        question.Asked.Clear();
        question.Said.Clear();
        question.Claim = null;
        question.IsDenied = owners.Contains(null); // This hub would know.
        if (question.Claimant is { IsUp: true } claimant)
        {
            question.Asked.Add(claimant);
            mesh.Send(claimant, new MeshFrame.Find(question.Number, question.Key));
        }
        AskNext(question);
    }

    private void AskNext(Question question)
    {
        if (!_byNumber.ContainsKey(question.Number))
        {
            return;
        }
        int round = ++question.Round;
        question.Waiting = 0;
        while (question.Waiting < AtOnce && question.ToAsk.TryDequeue(out var owner))
        {
            if (owner.IsUp)
            {
                question.Waiting++;
                question.Asked.Add(owner);
                mesh.Send(owner, new MeshFrame.Find(question.Number, question.Key));
            }
        }
        bool asked = question.Waiting > 0;
        if (!asked && question.Said.Count > 0)
        {
            // All were asked and no two agree: one that speaks of another counts more than one that claims the guest for itself.
            Believe(question, question.Said.OrderBy(said => said.By.Id.Short == said.Lease.Home).First().Lease);
            return;
        }
        if (!asked && question is { Claim: { } claim, IsDenied: false })
        {
            Believe(question, claim); // All owners died at once; a hub speaks for its own guests.
            return;
        }
        mesh.Later(asked ? AnswerWithin : AgainAfter, "ask the next owners", () =>
        {
            if (question.Round != round || !_byNumber.ContainsKey(question.Number))
            {
                return;
            }
            if (question.ToAsk.Count > 0 || question.Said.Count > 0 || question is { Claim: not null, IsDenied: false })
            {
                AskNext(question);
            }
            else
            {
                Begin(question);
            }
        });
    }

    private void Believe(Question question, Lease lease)
    {
        End(question);
        leases.Learn(lease);
        Found(question.Key);
    }

    private void End(Question question)
    {
        if (_byNumber.Remove(question.Number))
        {
            _byKey.Remove(question.Key);
        }
    }
}
