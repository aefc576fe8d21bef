. eng/test/node.sh
need_node
need_packages web
step web-types npm run --prefix web check:types
step web-unit npm test --prefix web
step web-dist npm run --prefix web check:dist
step web-size npm run --prefix web size
