# Explores: the same simulations as `unit`, over many more seeds. A seed that fails is printed with its history's last words.
build
ROOST_SIM_SEEDS=${1:-150} step sim-sessions artifacts/bin/Roost.Tests/release/Roost.Tests --filter-class '*SessionSimulationTests'
