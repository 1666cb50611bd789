#!/usr/bin/env bash
# Runs a command on this work tree in a container of the image that the Dockerfile builds in, so that CI tests with
# the toolchain and libraries that are released. Usage: scripts/in-build-image.sh COMMAND [ARGUMENT]...
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || { echo "usage: in-build-image.sh COMMAND..." >&2; exit 2; }
image=$(grep -oE 'swift:[0-9]+\.[0-9]+(\.[0-9]+)?-bookworm' Dockerfile | head -n 1) ||
    { echo "in-build-image.sh: the Dockerfile names no swift:…-bookworm image" >&2; exit 1; }
# The work tree belongs to the caller and the container runs as root, which git distrusts unless told otherwise.
# Privileged: the tests of a failing disk mount small file systems and trace the server.
exec docker run --rm --init --privileged --env CI --volume "$PWD:/src" --workdir /src "$image" bash -c '
    git config --global --add safe.directory /src
    scripts/apt-install.sh make
    exec "$@"' in-build-image "$@"
