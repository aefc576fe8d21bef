using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Roost.Hub.Hosting;

/// <summary>Prometheus' text format, written from the instruments of one meter and the process itself.</summary>
internal static class PrometheusText
{
    public static string Write(Meter meter)
    {
        var text = new StringBuilder(4096);
        Instrument? current = null;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == meter)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            string name = NameOf(instrument);
            if (instrument != current)
            {
                current = instrument;
                Head(text, name, instrument.Description ?? "", name.EndsWith("_total", StringComparison.Ordinal) ? "counter" : "gauge");
            }
            text.Append(name);
            for (int i = 0; i < tags.Length; i++)
            {
                text.Append(i == 0 ? '{' : ',').Append(tags[i].Key).Append("=\"").Append(tags[i].Value).Append('"');
            }
            text.Append(tags.Length > 0 ? "} " : " ").Append(value).Append('\n');
        });
        listener.Start();
        listener.RecordObservableInstruments();
        using var process = Process.GetCurrentProcess();
        Line(text, "process_cpu_seconds_total", "Processor time of this process.", "counter", process.TotalProcessorTime.TotalSeconds);
        Line(text, "process_resident_memory_bytes", "Memory of this process.", "gauge", process.WorkingSet64);
        Line(text, "dotnet_gc_heap_bytes", "Managed memory in use.", "gauge", GC.GetTotalMemory(false));
        return text.ToString();
    }

    private static string NameOf(Instrument instrument)
    {
        string name = instrument.Name.Replace('.', '_');
        return instrument is ObservableCounter<long> ? $"{name}_total" : name;
    }

    private static void Line(StringBuilder text, string name, string help, string type, double value)
    {
        Head(text, name, help, type);
        text.Append(name).Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static void Head(StringBuilder text, string name, string help, string type) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
}
