using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Roost.Testing;

/// <summary>
/// Keeps everything that is logged. A Warning or Error nobody expected throws when this is disposed, and so fails the test that used it.
/// </summary>
public sealed class RecordingLoggers : ILoggerFactory
{
    private readonly ConcurrentQueue<Line> _lines = [];
    private readonly ConcurrentBag<Func<Line, bool>> _expected = [];

    public sealed record Line(LogLevel Level, string Category, string Text, Exception? Exception);

    /// <summary>All lines so far.</summary>
    public IReadOnlyList<Line> Lines => [.. _lines];

    /// <summary>Lines that contain this are part of the test.</summary>
    public RecordingLoggers Expect(string part)
    {
        _expected.Add(line => line.Text.Contains(part, StringComparison.Ordinal));
        return this;
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Tests read the lines here.");

    public void Dispose()
    {
        var unexpected = _lines.Where(line => line.Level >= LogLevel.Warning && !_expected.Any(expected => expected(line))).ToList();
        if (unexpected.Count > 0)
        {
            throw new InvalidOperationException("Unexpected in the log: " + string.Join(Environment.NewLine, unexpected));
        }
    }

    private sealed class Logger(RecordingLoggers owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            owner._lines.Enqueue(new(logLevel, category, formatter(state, exception), exception));
    }
}
