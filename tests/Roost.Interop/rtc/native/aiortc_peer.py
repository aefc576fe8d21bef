"""aiortc as a peer: the checks of checks.js in Python. usage: aiortc_peer.py offer|answer (the role of .NET)"""
import asyncio
import json
import sys

from aiortc import RTCPeerConnection, RTCSessionDescription

SIZES = [1, 1159, 1160, 1161, 1200, 16384, 65535]


async def hear():
    line = await asyncio.get_event_loop().run_in_executor(None, sys.stdin.readline)
    said = json.loads(line)
    return RTCSessionDescription(said["sdp"], said["type"])


def tell(pc):
    print(json.dumps({"type": pc.localDescription.type, "sdp": pc.localDescription.sdp}), flush=True)


async def opened(channel):
    while channel.readyState != "open":
        await asyncio.sleep(0.01)


async def closed(channel):
    while channel.readyState != "closed":
        await asyncio.sleep(0.01)


async def echo(channel, message):
    back = asyncio.get_event_loop().create_future()

    def take(data):
        if not back.done():
            back.set_result(data)

    channel.on("message", take)
    channel.send(message)
    answer = await asyncio.wait_for(back, 20)
    channel.remove_listener("message", take)
    return answer


async def main(role):
    pc = RTCPeerConnection()
    arrivals = asyncio.Queue()
    pc.on("datachannel", arrivals.put_nowait)
    if role == "answer":
        channel = pc.createDataChannel("main")
        await pc.setLocalDescription(await pc.createOffer())
        tell(pc)
        await pc.setRemoteDescription(await hear())
    else:
        await pc.setRemoteDescription(await hear())
        await pc.setLocalDescription(await pc.createAnswer())
        tell(pc)
        channel = await asyncio.wait_for(arrivals.get(), 20)
    await asyncio.wait_for(opened(channel), 20)
    for message in [b"", *(bytes((i * 31 + n) & 255 for i in range(n)) for n in SIZES), "", "hello", "Grüße, 世界 🐦"]:
        assert await echo(channel, message) == message, f"{type(message)} of {len(message)} came back wrong"
    channel.send("open second")
    second = await asyncio.wait_for(arrivals.get(), 20)
    assert second.label == "second" and not second.ordered and second.maxRetransmits == 0
    assert await echo(second, "unordered") == "unordered"
    third = pc.createDataChannel("third", ordered=False, maxPacketLifeTime=500)
    await asyncio.wait_for(opened(third), 20)
    assert await echo(third, "timed") == "timed"
    third.close()
    await asyncio.wait_for(closed(third), 20)
    second.send("close")
    await asyncio.wait_for(closed(second), 20)
    await pc.close()
    print(json.dumps({"report": ["binary 0 " + " ".join(map(str, SIZES)), "text", "partial reliability", "our close", "their close"]}), flush=True)


asyncio.run(asyncio.wait_for(main(sys.argv[1]), 90))
