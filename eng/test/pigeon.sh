# Unmodified peerpigeon clients, in Node and Chromium.
. eng/test/node.sh
need_node
need_debian chromium chromium
step executable ./roost --version
need_packages tests/Roost.Interop/pigeon
step pigeon eng/test/again.sh files tests/Roost.Interop/pigeon --test-force-exit
