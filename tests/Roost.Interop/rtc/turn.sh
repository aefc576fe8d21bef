#!/usr/bin/env bash
# Two peers through coturn (Debian package coturn) on loopback: over UDP, TCP and TLS with a certificate of its own making.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dll=${ROOST_INTEROP_PEER:-$here/../../../artifacts/bin/Roost.Rtc.InteropPeer/${CONFIGURATION:-debug}/Roost.Rtc.InteropPeer.dll}
command -v turnserver > /dev/null && command -v openssl > /dev/null || { echo "coturn or openssl: not installed here"; echo "0 passed, 0 failed, 5 skipped"; exit 0; }
work=$(mktemp -d)
read -r port tls < <(python3 -c '
import socket
s = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(x.getsockname()[1] for x in s))' 2> /dev/null || echo "34780 34781")
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=turn.test -addext "subjectAltName=IP:127.0.0.1" \
  -keyout "$work/key.pem" -out "$work/cert.pem" 2> /dev/null
: > "$work/log"
turnserver -n --listening-ip 127.0.0.1 --relay-ip 127.0.0.1 -p "$port" --tls-listening-port "$tls" --cert "$work/cert.pem" --pkey "$work/key.pem" --user roost:secret --realm roost --lt-cred-mech \
  --allow-loopback-peers --no-cli --no-dtls --log-file stdout --userdb "$work/db" --pidfile "$work/pid" > "$work/log" 2>&1 &
server=$!
trap 'kill $server; rm -rf "$work"' EXIT
until grep -q "Relay ports initialization done" "$work/log"; do kill -0 $server; sleep 0.1; done
dotnet "$dll" turn "turn:127.0.0.1:$port" roost secret
dotnet "$dll" turn "turn:127.0.0.1:$port?transport=tcp" roost secret
dotnet "$dll" turn "turns:127.0.0.1:$tls?transport=tcp" roost secret "$work/cert.pem"
# A server that nobody trusts, and one whose certificate is for another name, must not be used.
refused() { local why=$1; shift; local said; said=$(dotnet "$dll" turn "$@") && { echo "used all the same: $*"; exit 1; }; echo "$said"; grep -q "$why" <<< "$said"; }
refused "not signed by anyone trusted" "turns:127.0.0.1:$tls?transport=tcp" roost secret
refused "not for localhost" "turns:localhost:$tls?transport=tcp" roost secret "$work/cert.pem"
echo "5 passed, 0 failed"
