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
# The README's code as printed; `signaling` is the caller's, here a second connection of the same process.
{
  printf 'using Roost.Rtc.Sdp;\n'
  awk '/^```csharp/ { n++; inside = n == 1; next } /^```/ { inside = 0 } inside' "$root/src/Roost.Rtc.Net/README.md" | sed '/await using var connection/i var signaling = new Signaling();'
  cat <<'CS'

sealed class Signaling
{
    private readonly RtcPeerConnection _other = new();

    public Signaling() => _other.ChannelArrived += async (_, channel) =>
    {
        using (var message = await channel.ReadAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token))
        {
            await channel.SendAsync(message!.Text + " from a package");
        }
        channel.Close();
    };

    public void Send(string? candidate) => _other.AddIceCandidate(candidate);

    public async Task<SessionDescription> AskAsync(SessionDescription offer)
    {
        await _other.SetRemoteDescriptionAsync(offer);
        await _other.SetLocalDescriptionAsync();
        await _other.Gathered;
        return await _other.GetLocalDescriptionAsync();
    }
}
CS
} > Program.cs
[ "$(timeout 60 dotnet run -v q | tail -1)" = "hello from a package" ]
echo "1 passed, 0 failed"
