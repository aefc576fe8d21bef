. eng/test/node.sh
need_node
need_debian chromium chromium
step executable ./roost --version
need_packages web
step web-browser npm run --prefix web test:browser
need_packages tests/Roost.Interop/sessions
step sessions npm test --prefix tests/Roost.Interop/sessions
need_packages tests/Roost.Interop/pigeon
step pigeon npm test --prefix tests/Roost.Interop/pigeon
