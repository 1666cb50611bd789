#!/usr/bin/env bash
# Prints the number of the Helm revision that is deployed now, nothing when there is none.
# Usage: scripts/revision.sh [NAMESPACE] [RELEASE]
set -euo pipefail

namespace=${1:-prod} release=${2:-counter-service}
[ -n "$(helm list --namespace "$namespace" --filter "^$release\$" --short)" ] || exit 0
helm history "$release" --namespace "$namespace" --output json |
    jq -r '[.[] | select(.status == "deployed")] | last | .revision // empty'
