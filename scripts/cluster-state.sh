#!/usr/bin/env bash
# Prints what one needs to see when something in a namespace does not come up. Usage: scripts/cluster-state.sh [NAMESPACE]
set -uo pipefail

namespace=${1:-prod}
show() {
    echo "== kubectl $*"
    kubectl --namespace "$namespace" "$@"
}

show get deployments,replicasets,pods,services,persistentvolumeclaims,networkpolicies --output wide
show get events --sort-by .lastTimestamp
show describe pods
show logs --selector app.kubernetes.io/name=counter-service --tail 200 --prefix
show logs --selector app.kubernetes.io/name=counter-service --tail 200 --prefix --previous
exit 0
