#!/usr/bin/env bash
# Prints the version of what is checked out: the chart's appVersion, and the commit unless that commit is the release
# itself (tag vX.Y.Z). One commit has one version, so that an immutable registry takes it once and /version tells
# which commit answers. Usage: scripts/version.sh
set -euo pipefail
cd "$(dirname "$0")/.."

chart=helm_charts/counter-service/Chart.yaml
release=$(sed -nE 's/^appVersion: *"?([0-9]+\.[0-9]+\.[0-9]+)"?$/\1/p' "$chart")
[ -n "$release" ] || { echo "version.sh: no appVersion X.Y.Z in $chart" >&2; exit 1; }

if [ "$(git tag --points-at HEAD --list "v$release")" = "v$release" ]; then
    echo "$release"
else
    echo "$release-g$(git rev-parse --short=12 HEAD)"
fi
