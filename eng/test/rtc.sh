# WebRTC: loopback tests, a slice of the simulator, and other stacks (all of them: node tests/Roost.Interop/rtc/run.mjs).
build
suite_again Roost.Rtc.Tests
step rtc-simulation artifacts/bin/Roost.Rtc.Simulation/release/Roost.Rtc.Simulation 0 60
. eng/test/node.sh
need_node
need_debian chromium chromium
need_packages tests/Roost.Interop/rtc
step rtc-interop env CONFIGURATION=release eng/test/again.sh whole node tests/Roost.Interop/rtc/run.mjs chromium wrtc
# Four kinds of NAT against four, in network namespaces; skipped where these are not permitted.
step rtc-nat env CONFIGURATION=release eng/test/again.sh files tests/Roost.Interop/rtc/nat --test-reporter=tap
step rtc-no-libssl env CONFIGURATION=release node --test --test-reporter=tap tests/Roost.Interop/rtc/no-libssl.test.mjs
