# Node 20.19 or newer: the machine's, else npm's own "node" package; installs Debian's where there is none at all.
# Sourced by the suites that need it.
node_ready=""
need_node() {
    [ -n "$node_ready" ] && return
    node_ready=yes
    if ! command -v npm >/dev/null; then
        need_debian npm nodejs npm
    fi
    if ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
        local home=artifacts/node
        [ -x "$home/node_modules/.bin/node" ] || step node-runtime npm install --prefix "$home" --no-save --no-audit --no-fund node@22 || finish
        PATH="$PWD/$home/node_modules/.bin:$PATH"
        export PATH
    fi
}

# need_debian COMMAND PACKAGE…
need_debian() {
    local command=$1
    shift
    command -v "$command" >/dev/null && return
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        step "install-$command" sh -c "apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $*" || finish
    else
        echo "./test: $command is missing; run: sudo apt-get install -y $*" >&2
        failed=$((failed + 1))
        finish
    fi
}

# npm packages of a folder, once per lock file.
need_packages() {
    local folder=$1
    if [ ! -e "$folder/node_modules/.ready" ] || [ "$folder/package-lock.json" -nt "$folder/node_modules/.ready" ]; then
        step "npm-$(basename "$folder")" npm ci --prefix "$folder" --no-audit --no-fund || finish
        touch "$folder/node_modules/.ready"
    fi
}
