build
suite Roost.Hub.Tests
