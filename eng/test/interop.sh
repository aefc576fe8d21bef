. eng/test/node.sh
need_node
need_debian chromium chromium
need_debian firefox-esr firefox-esr
step executable ./roost --version
need_packages web
step web-browser npm run --prefix web test:browser -- --reporter=verbose
need_packages tests/Roost.Interop/sessions
step sessions eng/test/again.sh files tests/Roost.Interop/sessions
