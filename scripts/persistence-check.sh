#!/usr/bin/env bash
# Plays through that the count outlives its pods: counts, restarts the rollout, counts again, deletes the pod, and
# reads the count each time. It adds three to the count. Reaches the service at $URL where that is set, else through
# kubectl port-forward. Usage: [URL=http://…] scripts/persistence-check.sh [NAMESPACE] [RELEASE]
set -euo pipefail
. "$(dirname "$0")/lib/counter.sh"
. "$(dirname "$0")/lib/forward.sh"

namespace=${1:-prod} release=${2:-counter-service}
trap close_forward EXIT
last=0

count_one() {
    local now
    now=$(add_one "$base")
    [ "$now" -gt "$last" ] || fail "POST answered $now after $last: an increment was lost"
    last=$now
    echo "POST / answers $now"
}

# Others may be counting too, so a higher count is fine and a lower one never is.
kept_after() {
    reach "$namespace" "$release"
    local now
    now=$(read_count "$base")
    [ "$now" -ge "$last" ] || fail "the count is $now after $1 and was $last: increments were lost"
    last=$now
    echo "GET / answers $now after $1"
}

reach "$namespace" "$release"
count_one
count_one

kubectl rollout restart "deployment/$release" --namespace "$namespace"
kubectl rollout status "deployment/$release" --namespace "$namespace" --timeout 5m
kept_after "rollout restart"
count_one

selector=$(kubectl get deployment "$release" --namespace "$namespace" --output json |
    jq -r '.spec.selector.matchLabels | to_entries | map("\(.key)=\(.value)") | join(",")')
kubectl delete pod --namespace "$namespace" --selector "$selector"
kubectl rollout status "deployment/$release" --namespace "$namespace" --timeout 5m
kept_after "delete pod"
echo "the count persists: $last"
