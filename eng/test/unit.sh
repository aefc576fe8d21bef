build
suite Roost.Tests
