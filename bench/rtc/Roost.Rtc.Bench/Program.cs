// One end of a throughput run, or a run of its own; bench/rtc/run.mjs starts two ends and adds them up.
// usage: bench offer|answer MESSAGE_BYTES TOTAL_BYTES [plain] [crc] [portable] [cold]     descriptions as JSON lines on stdin and stdout
//        bench latency [COUNT]       100-byte messages, one way, two threads of one process
//        bench idle [COUNT]          memory of idle connections
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Roost.Rtc.Net;
using Roost.Rtc.Net.Bench;
using Roost.Rtc.Peer;
using Roost.Rtc.Sctp;

switch (args[0])
{
    case "latency":
        await Latency.RunAsync(args.Length > 1 ? int.Parse(args[1]) : 10_000);
        break;
    case "idle":
        await Idle.RunAsync(args.Length > 1 ? int.Parse(args[1]) : 200);
        break;
    default:
        await Throughput.RunAsync(args);
        break;
}
