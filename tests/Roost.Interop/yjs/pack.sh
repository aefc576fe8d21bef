#!/usr/bin/env bash
# Packs the document engine, then builds and runs the code of its README, as printed, in a fresh project outside the repository that knows it only as a NuGet package.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for project in Roost.Core Roost.Crdt; do
  dotnet pack "$root/src/$project" -c Release -o "$work/feed" -v q --nologo
done
mkdir "$work/app" && cd "$work/app"
# No other source: the package needs nothing but itself.
cat > nuget.config <<'XML'
<configuration>
  <packageSources><clear /><add key="here" value="../feed" /></packageSources>
</configuration>
XML
cat > app.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
    <RestorePackagesPath>../packages</RestorePackagesPath>
  </PropertyGroup>
  <ItemGroup><PackageReference Include="Roost.Crdt" Version="0.1.0" /></ItemGroup>
</Project>
XML
# The first block needs dice, which the second one shows how to make.
block() { awk -v wanted="$1" '/^```csharp/ { n++; inside = n == wanted; next } /^```/ { inside = 0 } inside' "$root/src/Roost.Crdt/README.md"; }
{
  printf 'using System.Security.Cryptography;\nusing Roost.Core.Cores;\nusing Roost.Crdt;\n\nvar dice = new SystemDice();\n'
  block 1
  printf 'Console.WriteLine($"{index} {other.GetText("notes")}");\n'
  block 2
} > Program.cs
dotnet run -v q > said
cat > expected <<'TEXT'
{"retain":11}, {"insert":"!"}
More structs than there is room or leave for. (OverBudget at byte 2)
9 >> Hello world!
TEXT
# In between the observer tells of the later edits.
diff expected <(sed -n '1p' said; tail -2 said)
echo "1 passed, 0 failed"
