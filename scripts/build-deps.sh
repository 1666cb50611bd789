#!/usr/bin/env bash
# What a build needs: Swift, which it asks for in one line, and libevent's headers, which it installs.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
if ! command -v swift >/dev/null; then
    echo "Swift 6.1 or later is missing: install it from https://www.swift.org/install/linux/ and try again." >&2
    exit 1
fi
"$here/apt-install.sh" libevent-dev pkg-config
