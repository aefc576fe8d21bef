# Documents against real Yjs: every byte compared. Longer: ./test fuzz
build
. eng/test/node.sh
need_node
need_packages tests/Roost.Interop/yjs
step crdt-fuzz artifacts/bin/Roost.Fuzz/release/Roost.Fuzz --seconds 40 --seed 1
step crdt-damaged artifacts/bin/Roost.Fuzz/release/Roost.Fuzz --mutate --seconds 10 --seed 1
# Unmodified clients of y-websocket (Node) and y-webrtc (Chromium) beside documents of Roost.Crdt.
need_debian chromium chromium
step crdt-yjs-clients eng/test/again.sh files tests/Roost.Interop/yjs
