using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Sessions;

/// <summary>What a viewer of a text stream is told.</summary>
public abstract record StreamViewerInput
{
    private StreamViewerInput()
    {
    }

    /// <summary>A hub let us in; it may keep feeds under its own key.</summary>
    public sealed record Online(PeerId Hub) : StreamViewerInput;

    /// <summary>The hub is gone.</summary>
    public sealed record Offline : StreamViewerInput;

    /// <summary>The hub link heard something.</summary>
    public sealed record Heard(DoorFrame Frame) : StreamViewerInput;

    /// <summary>The host is linked with directly from here on.</summary>
    public sealed record LinkUp(PeerId Host) : StreamViewerInput;

    /// <summary>The direct link is lost, or stalled.</summary>
    public sealed record LinkDown(PeerId Host) : StreamViewerInput;

    /// <summary>A frame came over the direct link.</summary>
    public sealed record HeardDirect(PeerId Host, ReadOnlyMemory<byte> Payload) : StreamViewerInput;
}

/// <summary>What a viewer of a text stream asks for or reports.</summary>
public abstract record StreamViewerEffect
{
    private StreamViewerEffect()
    {
    }

    /// <summary>Say this to the hub.</summary>
    public sealed record Say(DoorFrame Frame) : StreamViewerEffect;

    /// <summary>Send this over the direct link to the host.</summary>
    public sealed record SayDirect(PeerId Host, byte[] Payload) : StreamViewerEffect;

    /// <summary>The host is here.</summary>
    public sealed record HostCame : StreamViewerEffect;

    /// <summary>The host is not here (any more).</summary>
    public sealed record HostGone : StreamViewerEffect;

    /// <summary>The feed reader reports: Opened, Entry, CaughtUp or Broken.</summary>
    public sealed record Read(FeedReaderEffect Effect) : StreamViewerEffect;
}

/// <summary>A viewer of a text stream: finds the host among the members and reads its feed.</summary>
/// <remarks>A pure core; one driver.</remarks>
public sealed class StreamViewerCore(RoomKeys room) : IProtocolCore<StreamViewerInput, StreamViewerEffect>, IDisposable
{
    private readonly FeedReader _reader = new(room);
    private readonly Queue<StreamViewerEffect> _effects = new();
    private PeerId? _host;
    private PeerId? _keeper;
    private bool _hostInRoom;
    private bool _isDirect;

    /// <summary>The last entry read.</summary>
    public ulong Cursor => _reader.Cursor;

    /// <inheritdoc/>
    public Wake? NextWake => _reader.NextWake;

    /// <inheritdoc/>
    public void Handle(StreamViewerInput input, Instant now)
    {
        switch (input)
        {
            case StreamViewerInput.Online online:
                _keeper = online.Hub;
                break;
            case StreamViewerInput.Offline:
                _keeper = null;
                Leave(now);
                break;
            case StreamViewerInput.Heard { Frame: DoorFrame.Members members } when members.Room == room.Room:
                Look(members, now);
                break;
            case StreamViewerInput.Heard { Frame: DoorFrame.Joined { Member.IsHost: true } joined } when joined.Room == room.Room:
                Find(joined.Member.Peer, now);
                break;
            case StreamViewerInput.Heard { Frame: DoorFrame.Left left } when left.Room == room.Room && left.Peer == _host && left.Reason == LeftReason.ConnectionLost:
                Leave(now);
                break;
            case StreamViewerInput.Heard { Frame: DoorFrame.Left left } when left.Room == room.Room && left.Peer == _host && left.Reason != LeftReason.Replaced:
                Lose(now);
                break;
            case StreamViewerInput.Heard { Frame: DoorFrame.Cast cast } when cast.Room == room.Room:
                Read(new FeedReaderInput.Frame(cast.From, cast.Payload), now);
                break;
            case StreamViewerInput.Heard { Frame: DoorFrame.Send send } when send.Room == room.Room:
                Read(new FeedReaderInput.Frame(send.From, send.Payload), now);
                break;
            case StreamViewerInput.Heard { Frame: DoorFrame.Gap gap } when gap.Room == room.Room && gap.From == _host:
                Read(new FeedReaderInput.Gap(), now);
                break;
            default:
                HandleLink(input, now);
                break;
        }
    }

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        _reader.Tick(now);
        Drain();
    }

    /// <inheritdoc/>
    public bool TryTake([MaybeNullWhen(false)] out StreamViewerEffect effect) => _effects.TryDequeue(out effect);

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private void HandleLink(StreamViewerInput input, Instant now)
    {
        switch (input)
        {
            case StreamViewerInput.LinkUp up:
                _isDirect = true;
                if (_host is null)
                {
                    Meet(up.Host, now);
                }
                break;
            case StreamViewerInput.LinkDown down when _isDirect && down.Host == _host:
                _isDirect = false;
                if (_hostInRoom)
                {
                    // What was under way is lost with the link: ask the hub's way, from where we are.
                    Read(new FeedReaderInput.Gap(), now);
                }
                else
                {
                    Lose(now);
                }
                break;
            case StreamViewerInput.LinkDown:
                _isDirect = false;
                break;
            case StreamViewerInput.HeardDirect heard when heard.Host == _host:
                Read(new FeedReaderInput.Frame(heard.Host, heard.Payload, IsDirect: true), now);
                break;
        }
    }

    private void Look(DoorFrame.Members members, Instant now)
    {
        bool found = false;
        foreach (var member in members.List.Where(m => m.IsHost))
        {
            found = true;
            Find(member.Peer, now);
        }
        if (!found && !members.More && _host is null)
        {
            _effects.Enqueue(new StreamViewerEffect.HostGone());
            AskKeeper(now);
        }
    }

    private void Find(PeerId host, Instant now)
    {
        _hostInRoom = true;
        Meet(host, now);
    }

    private void Meet(PeerId host, Instant now)
    {
        bool isNews = _host != host || !_isDirect;
        _host = host;
        if (isNews)
        {
            _effects.Enqueue(new StreamViewerEffect.HostCame());
        }
        Read(new FeedReaderInput.HostSeen(host), now);
    }

    /// <summary>No hub knows the host any more; a direct link may go on without.</summary>
    private void Leave(Instant now)
    {
        _hostInRoom = false;
        if (_isDirect)
        {
            Read(new FeedReaderInput.Gap(), now);
        }
        else
        {
            Lose(now);
        }
    }

    private void Lose(Instant now)
    {
        _hostInRoom = false;
        if (_host is not null)
        {
            _host = null;
            _effects.Enqueue(new StreamViewerEffect.HostGone());
            Read(new FeedReaderInput.HostLost(), now);
            AskKeeper(now);
        }
    }

    private void AskKeeper(Instant now)
    {
        if (_keeper is { } keeper)
        {
            Read(new FeedReaderInput.KeeperSeen(keeper), now);
        }
    }

    private void Read(FeedReaderInput input, Instant now)
    {
        _reader.Handle(input, now);
        Drain();
    }

    private void Drain()
    {
        while (_reader.TryTake(out var effect))
        {
            _effects.Enqueue(effect switch
            {
                FeedReaderEffect.Send send when _isDirect && send.To == _host => new StreamViewerEffect.SayDirect(send.To, send.Payload),
                FeedReaderEffect.Send send => new StreamViewerEffect.Say(new DoorFrame.Send(default, room.Room, send.To, send.Payload)),
                _ => new StreamViewerEffect.Read(effect),
            });
        }
    }
}
