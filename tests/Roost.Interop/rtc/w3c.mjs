// Runs the checks with any RTCPeerConnection that follows the W3C interface. Signaling without trickle: wait for all candidates.
import "./checks.js";

export async function runW3c(RTCPeerConnection, { role, dotnetSays, tellDotnet }, options) {
  const pc = new RTCPeerConnection({ iceServers: [] });
  const gathered = new Promise((ok) => {
    const look = () => pc.iceGatheringState === "complete" && ok();
    pc.addEventListener?.("icegatheringstatechange", look);
    pc.onicegatheringstatechange = look;
    pc.onicecandidate = (event) => event.candidate || ok();
  });
  try {
    let main;
    if (role === "answer") {
      main = pc.createDataChannel("main");
      await pc.setLocalDescription(await pc.createOffer());
      await gathered;
      tellDotnet(pc.localDescription);
      await pc.setRemoteDescription(await dotnetSays());
    } else {
      const arrived = new Promise((ok) => { pc.ondatachannel = (event) => ok(event.channel); });
      await pc.setRemoteDescription(await dotnetSays());
      await pc.setLocalDescription(await pc.createAnswer());
      await gathered;
      tellDotnet(pc.localDescription);
      main = await arrived;
    }
    return await globalThis.runChecks(pc, main, options);
  } finally {
    pc.close();
  }
}
