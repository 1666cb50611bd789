#!/usr/bin/env bash
# Installs the Debian packages that bench_peers.py needs, without letting any of them start a service: the
# benchmark starts its own copies, on ports and in folders of its own. Silent where all of them are there.
# Usage: bench/peers/install.sh PACKAGE...
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
policy=/usr/sbin/policy-rc.d

is_installed() {
    dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# Debian's maintainer scripts ask this program whether they may start a service; 101 means no.
forbid_services() {
    [ -e "$policy" ] && return
    trap 'as_root rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
}

missing=()
for package in "$@"; do is_installed "$package" || missing+=("$package"); done
[ ${#missing[@]} -eq 0 ] && exit 0

# Services that come with what is installed now; one that was there before is its owner's business.
new_services=()
for service in nginx redis-server webdis; do is_installed "$service" || new_services+=("$service"); done

forbid_services
"$root/scripts/apt-install.sh" "${missing[@]}"

# A machine that has systemd would start them at its next boot.
if command -v systemctl >/dev/null; then
    for service in "${new_services[@]}"; do
        as_root systemctl disable --quiet "$service" 2>/dev/null || true
    done
fi
