#!/usr/bin/env bash
# Prints the folder that has promtool and prometheus: of those installed, or else of Debian's package, unpacked
# and not installed, because installing it starts a Prometheus on port 9090. Usage: PATH=$(Tests/Monitoring/tools.sh):$PATH
set -euo pipefail

if path=$(command -v promtool) && command -v prometheus >/dev/null; then
    dirname "$path"
    exit
fi
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$root/.venvs/prometheus
if [ ! -x "$folder/usr/bin/promtool" ]; then
    if ! command -v apt-get >/dev/null; then
        echo "missing: promtool and prometheus. This system has no apt-get: install them with its own package manager." >&2
        exit 1
    fi
    echo "unpacking prometheus" >&2
    download=$(mktemp -d)
    trap 'rm -rf "$download"' EXIT
    (cd "$download" && apt-get download -q prometheus >&2)
    mkdir -p "$folder"
    dpkg-deb -x "$download"/prometheus_*.deb "$folder"
fi
echo "$folder/usr/bin"
