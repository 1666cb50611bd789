#!/usr/bin/env bash
# Goes back to a Helm revision and waits until it serves. The count is on the volume and is not touched.
# Usage: scripts/rollback.sh REVISION [NAMESPACE] [RELEASE]
set -euo pipefail

revision=${1-} namespace=${2:-prod} release=${3:-counter-service}
if ! [[ $revision =~ ^[0-9]+$ ]]; then
    echo "rollback.sh: no earlier revision to go back to (got '$revision'); the release stays as it is" >&2
    exit 1
fi
helm rollback "$release" "$revision" --namespace "$namespace" --wait --timeout 10m
kubectl rollout status "deployment/$release" --namespace "$namespace" --timeout 5m
