build
step executable ./roost --version
suite Roost.Peer.Tests
