// libdatachannel (usrsctp, libjuice), by npm node-datachannel and its W3C polyfill.
import { runW3c } from "../w3c.mjs";

export default {
  async run(context) {
    const { RTCPeerConnection } = await import("node-datachannel/polyfill");
    return runW3c(RTCPeerConnection, context, { maxBytes: 262144 });
  },
};
