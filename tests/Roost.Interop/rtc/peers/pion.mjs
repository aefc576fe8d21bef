// pion, by Debian's golang-github-pion-webrtc.v3-dev, compiled here.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runNative } from "../native.mjs";

let program;

export default {
  missing() {
    if (!existsSync("/usr/share/gocode/src/github.com/pion/webrtc")) return "Debian package golang-github-pion-webrtc.v3-dev";
    if (!program) {
      // Without modules, import paths that end in /v3 resolve only from inside a GOPATH, in a folder with a go.mod.
      const gopath = mkdtempSync(path.join(tmpdir(), "pion-"));
      const source = path.join(gopath, "src/peer");
      cpSync(fileURLToPath(new URL("../native/pion", import.meta.url)), source, { recursive: true });
      writeFileSync(path.join(source, "go.mod"), "module peer\n");
      program = path.join(gopath, "peer");
      const built = spawnSync("go", ["build", "-o", program, "."], {
        cwd: source, stdio: "inherit", env: { ...process.env, GO111MODULE: "off", GOFLAGS: "", GOPATH: `${gopath}:/usr/share/gocode` },
      });
      if (built.status !== 0) return "a Go compiler that builds it";
    }
    return null;
  },
  run: (context) => runNative(program, [], context),
};
