// libdatachannel (usrsctp, libjuice), by npm node-datachannel and its W3C polyfill.
// The polyfill shows defaults for the reliability of channels that arrive, so that is not compared.
import { runW3c } from "../w3c.mjs";

export default {
  async run(context) {
    const { RTCPeerConnection } = await import("node-datachannel/polyfill");
    return runW3c(RTCPeerConnection, context, { maxBytes: 262144, reportsReliability: false });
  },
};
