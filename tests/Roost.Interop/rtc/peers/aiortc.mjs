// aiortc, by Debian's python3-aiortc: descriptions of the old style, OpenSSL's handshake fragments, an ABORT at the end.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runNative } from "../native.mjs";

const python = process.env.PYTHON ?? "/usr/bin/python3";

export default {
  missing: () => spawnSync(python, ["-c", "import aiortc"]).status === 0 ? null : "Debian package python3-aiortc",
  run: (context) => runNative(python, [fileURLToPath(new URL("../native/aiortc_peer.py", import.meta.url))], context),
};
