#!/usr/bin/env bash
# Packs the libraries, then builds and runs a fresh project outside the repository that knows them only as NuGet packages.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for project in Roost.Core Roost.Rtc Roost.Rtc.Net; do
  dotnet pack "$root/src/$project" -c Release -o "$work/feed" -v q --nologo
done
mkdir "$work/app" && cd "$work/app"
cat > app.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
    <RestoreAdditionalProjectSources>../feed</RestoreAdditionalProjectSources>
    <RestorePackagesPath>../packages</RestorePackagesPath>
  </PropertyGroup>
  <ItemGroup><PackageReference Include="Roost.Rtc.Net" Version="0.1.0" /></ItemGroup>
</Project>
XML
cat > Program.cs <<'CS'
using Roost.Rtc.Net;

var loopback = new RtcConfiguration { BindAddresses = [System.Net.IPAddress.Loopback] };
await using var a = new RtcPeerConnection(loopback);
await using var b = new RtcPeerConnection(loopback);
a.CandidateFound += (_, candidate) => b.AddIceCandidate(candidate?.ToString());
b.CandidateFound += (_, candidate) => a.AddIceCandidate(candidate?.ToString());
b.ChannelArrived += async (_, channel) => await channel.SendAsync("hello from a package");
var channel = a.CreateDataChannel("test");
await b.SetRemoteDescriptionAsync(await a.SetLocalDescriptionAsync());
await a.SetRemoteDescriptionAsync(await b.SetLocalDescriptionAsync());
using var message = await channel.ReadAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
Console.WriteLine(message!.Text);
CS
[ "$(dotnet run -v q | tail -1)" = "hello from a package" ]
echo "1 passed, 0 failed"
