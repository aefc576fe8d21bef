#!/usr/bin/env bash
# Two peers through coturn (Debian package coturn) on loopback, over UDP and over TCP.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dll=${ROOST_INTEROP_PEER:-$here/../../../artifacts/bin/Roost.Rtc.InteropPeer/${CONFIGURATION:-debug}/Roost.Rtc.InteropPeer.dll}
command -v turnserver > /dev/null || { echo "coturn: not installed here"; echo "0 passed, 0 failed, 2 skipped"; exit 0; }
work=$(mktemp -d)
: > "$work/log"
turnserver -n --listening-ip 127.0.0.1 --relay-ip 127.0.0.1 -p 34780 --user roost:secret --realm roost --lt-cred-mech \
  --allow-loopback-peers --no-cli --no-tls --no-dtls --log-file stdout --userdb "$work/db" --pidfile "$work/pid" > "$work/log" 2>&1 &
server=$!
trap 'kill $server; rm -rf "$work"' EXIT
until grep -q "Relay ports initialization done" "$work/log"; do kill -0 $server; done
dotnet "$dll" turn turn:127.0.0.1:34780 roost secret
dotnet "$dll" turn "turn:127.0.0.1:34780?transport=tcp" roost secret
echo "2 passed, 0 failed"
