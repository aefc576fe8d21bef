# Five million random operations against Yjs, byte for byte (most of an hour).
build
. eng/test/node.sh
need_node
need_packages tests/Roost.Interop/yjs
step crdt-fuzz artifacts/bin/Roost.Fuzz/release/Roost.Fuzz --ops 5000000 --seconds 3000 --seed "${1:-1}"
