using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Hub.Hosting;

namespace Roost.Hub.Store;

/// <summary>A hub's memory in one SQLite file. Written behind, in batches; a disk that fills up later is reported once and tried again.</summary>
internal sealed partial class SqliteMemory : HubMemory, IAsyncDisposable
{
    private const int SchemaVersion = 1;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly SqliteConnection _connection;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    // When a disk stays full, the newest are lost: they are proved again at the next connection anyway.
    private readonly Channel<(PeerId Peer, Instant Until)> _pending = Channel.CreateBounded<(PeerId, Instant)>(new BoundedChannelOptions(10_000) { SingleReader = true });
    private readonly Task _writing;

    private SqliteMemory(SqliteConnection connection, TimeProvider time, ILogger log)
    {
        _connection = connection;
        _time = time;
        _log = log;
        _writing = WriteAsync();
    }

    /// <summary>Opens or makes the file, and proves that it can be written.</summary>
    /// <exception cref="HubStartException">It cannot, or a newer version made it.</exception>
    public static SqliteMemory Open(string directory, TimeProvider time, ILogger log)
    {
        SqliteLibrary.Load();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(directory, DataDirectory.StoreFile), Pooling = false }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;");
            long version = (long)Scalar(connection, "PRAGMA user_version")!;
            if (version > SchemaVersion)
            {
                throw new HubStartException("ROOST-1908", $"{connection.DataSource} was made by a newer Roost; run that, or name another directory with --data.");
            }
            Execute(connection, $"CREATE TABLE IF NOT EXISTS bound (peer BLOB PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID; PRAGMA user_version = {SchemaVersion};");
            return new(connection, time, log);
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw DataDirectory.Unusable(directory, exception);
        }
        catch (HubStartException)
        {
            connection.Dispose();
            throw;
        }
    }

    public override void Remember(PeerId peer, Instant until) => _pending.Writer.TryWrite((peer, until));

    public override IReadOnlyList<(PeerId Peer, Instant Until)> Recall(Instant now)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "DELETE FROM bound WHERE until <= $now; SELECT peer, until FROM bound ORDER BY until";
        command.Parameters.AddWithValue("$now", now.UnixMilliseconds);
        using var reader = command.ExecuteReader();
        var list = new List<(PeerId, Instant)>();
        while (reader.Read())
        {
            if (reader.GetValue(0) is byte[] { Length: PeerId.Size } peer)
            {
                list.Add((PeerId.FromBytes(peer), Instant.FromUnixMilliseconds(reader.GetInt64(1))));
            }
        }
        return list;
    }

    public async ValueTask DisposeAsync()
    {
        _pending.Writer.TryComplete();
        _stop.CancelAfter(TimeSpan.FromSeconds(2));
        await _writing;
        _stop.Dispose();
        await _connection.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        await Task.Yield();
        bool complained = false;
        var batch = new List<(PeerId Peer, Instant Until)>();
        try
        {
            while (batch.Count > 0 || await _pending.Reader.WaitToReadAsync(_stop.Token))
            {
                while (batch.Count < 1_000 && _pending.Reader.TryRead(out var next))
                {
                    batch.Add(next);
                }
                try
                {
                    Write(batch);
                    batch.Clear();
                    complained = false;
                }
                catch (SqliteException exception)
                {
                    if (!complained)
                    {
                        complained = true;
                        Log.CannotWrite(_log, exception.Message);
                    }
                    await Task.Delay(RetryAfter, _time, _stop.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The hub stops and the disk does not take the rest.
        }
    }

    private void Write(List<(PeerId Peer, Instant Until)> batch)
    {
        using var transaction = _connection.BeginTransaction();
        using var command = _connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO bound (peer, until) VALUES ($peer, $until) ON CONFLICT (peer) DO UPDATE SET until = max(until, excluded.until)";
        var peerValue = command.Parameters.Add("$peer", SqliteType.Blob);
        var untilValue = command.Parameters.Add("$until", SqliteType.Integer);
        foreach (var (peer, until) in batch)
        {
            var bytes = new byte[PeerId.Size];
            peer.CopyTo(bytes);
            (peerValue.Value, untilValue.Value) = (bytes, until.UnixMilliseconds);
            command.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "ROOST-1909 The store cannot be written ({Reason}); the hub goes on, and what it would have kept is tried again every five seconds")]
        public static partial void CannotWrite(ILogger log, string reason);
    }
}
