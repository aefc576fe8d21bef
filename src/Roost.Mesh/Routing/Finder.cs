using Roost.Core.Cores;
using Roost.Mesh.Federation;
using Roost.Mesh.Leases;
using Roost.Mesh.Membership;

namespace Roost.Mesh.Routing;

/// <summary>Asks owners where a peer is: two at once, the next two when they do not know or do not answer, and from the start again while somebody waits.</summary>
internal sealed class Finder(MeshState mesh, Roll roll, Rendezvous rendezvous, LeaseTable leases)
{
    private const int AtOnce = 2;
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
    }

    /// <summary>A lease came.</summary>
    public Action<PeerKey> Found { get; set; } = static _ => { };

    public void Ask(PeerKey key, ulong wrongHome = 0)
    {
        if (!_byKey.TryGetValue(key, out var question))
        {
            mesh.Counters.Lookups++;
            question = new(_next++, key, mesh.Now + mesh.Options.SignalingTimeout);
            _byNumber.Add(question.Number, question);
            _byKey.Add(key, question);
            mesh.Later(mesh.Options.SignalingTimeout, "end a look-up", () => End(question));
            Begin(question);
        }
        question.WrongHomes.Add(wrongHome);
    }

    public void Answered(KnownHub by, MeshFrame.Found found)
    {
        if (!_byNumber.TryGetValue(found.Question, out var question) || question.Key != found.Key)
        {
            return;
        }
        if (found.Lease is { } lease && lease.Key == question.Key && !question.WrongHomes.Contains(lease.Home) && roll.Find(lease.Home) is { IsUp: true } home
            && (lease.Proof is null || lease.Proof.Proves(lease, home.Key)))
        {
            // A guest's lease is only as good as who says it: a wrong one is found out by its home and asked for elsewhere.
            End(question);
            leases.Learn(lease);
            Found(question.Key);
            return;
        }
        if (--question.Waiting <= 0)
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
        question.ToAsk = new(rendezvous.AskedFor(question.Key.Peer).OfType<KnownHub>());
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
                mesh.Send(owner, new MeshFrame.Find(question.Number, question.Key));
            }
        }
        bool asked = question.Waiting > 0;
        mesh.Later(asked ? AnswerWithin : AgainAfter, "ask the next owners", () =>
        {
            if (question.Round != round || !_byNumber.ContainsKey(question.Number))
            {
                return;
            }
            if (question.ToAsk.Count > 0)
            {
                AskNext(question);
            }
            else
            {
                Begin(question);
            }
        });
    }

    private void End(Question question)
    {
        if (_byNumber.Remove(question.Number))
        {
            _byKey.Remove(question.Key);
        }
    }
}
