# What takes long and needs a machine of its own: a wall between hubs in network namespaces, five times; ten minutes of chat without any hub.
. eng/test/node.sh
need_node
need_debian chromium chromium
step executable ./roost --version
need_packages tests/Roost.Interop/pigeon
for round in 1 2 3 4 5; do
    step "wall-$round" node --test tests/Roost.Interop/pigeon/wall.soak.mjs
done
need_packages web
need_packages bench/web
step soak npm run soak --prefix bench/web
