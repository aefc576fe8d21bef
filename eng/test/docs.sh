# The executable's own help is the source of docs/cli.md.
step executable ./roost --version
if [ "${1:-}" = "--write" ]; then
    eng/docs-cli.sh >docs/cli.md
fi
step docs-cli sh -c 'eng/docs-cli.sh | diff -u docs/cli.md - && echo "docs/cli.md is what the executable says"'
