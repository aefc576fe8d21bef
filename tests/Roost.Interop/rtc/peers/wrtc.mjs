// libwebrtc, by npm @roamhq/wrtc.
import { runW3c } from "../w3c.mjs";

export default {
  async run(context) {
    const { default: wrtc } = await import("@roamhq/wrtc");
    return runW3c(wrtc.RTCPeerConnection, context, { maxBytes: 262144 });
  },
};
