# Unmodified peerpigeon clients, in Node and Chromium.
. eng/test/node.sh
need_node
need_debian chromium chromium
step executable ./roost --version
need_packages tests/Roost.Interop/pigeon
step pigeon npm test --prefix tests/Roost.Interop/pigeon
