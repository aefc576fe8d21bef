build
step executable ./roost --version
suite_again Roost.Peer.Tests
