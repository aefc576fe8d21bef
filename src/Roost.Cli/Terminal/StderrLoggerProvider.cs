using Microsoft.Extensions.Logging;

namespace Roost.Cli.Terminal;

/// <summary>Log lines on stderr: time, level, message. No more is needed by journald, Docker or a person.</summary>
internal sealed class StderrLoggerProvider : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new StderrLogger(categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose()
    {
    }

    private sealed class StderrLogger(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            string level = logLevel switch
            {
                LogLevel.Trace => "trace",
                LogLevel.Debug => "debug",
                LogLevel.Information => "info",
                LogLevel.Warning => "warn",
                LogLevel.Error => "error",
                _ => "fatal",
            };
            string line = $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} {level,-5} {category}: {TerminalFilter.Plain(formatter(state, exception))}";
            try
            {
                Console.Error.WriteLine(exception is null ? line : $"{line}\n{exception}");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Its terminal is gone or its disk is full; whoever logs does not fail by it.
            }
        }
    }
}
