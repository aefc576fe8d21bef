build
suite_again Roost.Hub.Tests
