// werift: all of WebRTC in TypeScript. It takes messages of up to 65,536 bytes, and sends nothing for an empty one.
import { runW3c } from "../w3c.mjs";

export default {
  async run(context) {
    const { RTCPeerConnection } = await import("werift");
    return runW3c(RTCPeerConnection, context, { maxBytes: 65536, sendsEmpty: false });
  },
};
