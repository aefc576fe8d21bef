// One end of a throughput run, or a run of its own; bench/rtc/run.mjs starts two ends and adds them up.
// usage: bench offer|answer MESSAGE_BYTES TOTAL_BYTES [plain] [crc] [portable] [cold]     descriptions as JSON lines on stdin and stdout
//        bench latency [COUNT]       100-byte messages, one way, two threads of one process
//        bench idle [COUNT]          memory of idle connections
//        bench line DELAY_MS [MBIT_PER_SECOND QUEUE_KB [LOSS_PERCENT]]     a line between two peers, for run.mjs
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
    case "line":
        double Number(int at) => args.Length > at ? double.Parse(args[at]) : 0;
        Line.Run(TimeSpan.FromMilliseconds(Number(1)), Number(2) * 1e6 / 8, (int)(Number(3) * 1000), Number(4) / 100);
        break;
    default:
        await Throughput.RunAsync(args);
        break;
}
