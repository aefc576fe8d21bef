// A machine without libssl: the first connection must say which package brings it, where .NET by itself would end the process.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import path from "node:path";
import test from "node:test";
import assert from "node:assert/strict";

const here = path.dirname(fileURLToPath(import.meta.url));
const dll = path.join(here, "../../../artifacts/bin/Roost.Rtc.InteropPeer", process.env.CONFIGURATION ?? "debug", "Roost.Rtc.InteropPeer.dll");
const sh = (command) => spawnSync("unshare", ["-rm", "sh", "-c", command], { encoding: "utf8", timeout: 60000, env: { ...process.env, PATH: `${process.env.PATH}:/sbin:/usr/sbin` } });
const libraries = sh("ldconfig -p").stdout?.split("\n").filter((line) => line.includes("libssl.so.3 ")).map((line) => line.split("=> ")[1]) ?? [];

test("A missing libssl is named with its package", { skip: libraries.length === 0 ? "no mount namespaces, or no libssl, here" : false }, () => {
  const work = mkdtempSync(path.join(tmpdir(), "roost-no-libssl-"));
  try {
    writeFileSync(path.join(work, "empty"), "");
    const hide = libraries.map((file) => `mount --bind ${work}/empty ${file}`).join(" && ");
    assert.equal(sh(hide).status, 0, "an empty file takes the library's place");
    const said = sh(`${hide} && exec dotnet ${dll} offer`);
    assert.match(said.stderr, /DtlsUnavailableException: .*libssl\.so\.3 was not found\. Install the package libssl3 \(Debian/);
  } finally {
    rmSync(work, { recursive: true });
  }
});
