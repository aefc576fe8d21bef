build
step format dotnet format Roost.slnx --verify-no-changes --no-restore
