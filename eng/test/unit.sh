build
suite Roost.Tests
suite Roost.Simulation
