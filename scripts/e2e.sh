#!/usr/bin/env bash
# Installs the chart with an image that the cluster already has, and shows that the service works there: helm test, and
# the count surviving a restart, a deleted pod, an upgrade and a rollback. For a cluster made for this, such as kind's.
# Usage: scripts/e2e.sh IMAGE_REPOSITORY IMAGE_TAG   (TIMEOUT: seconds for a version to be there, 120)
set -euo pipefail
. "$(dirname "$0")/lib/counter.sh"
. "$(dirname "$0")/lib/forward.sh"

repository=${1:?usage: scripts/e2e.sh IMAGE_REPOSITORY IMAGE_TAG} tag=${2:?usage: scripts/e2e.sh IMAGE_REPOSITORY IMAGE_TAG}
here=$(dirname "$0")
namespace=prod release=counter-service
trap close_forward EXIT

# The values of production, but the cluster's own storage class and no load balancer. What does not come up is left
# as it is, to be looked at.
deploy() { # VERSION
    helm upgrade --install "$release" "$here/../helm_charts/counter-service" --namespace "$namespace" \
        --values "$here/../helm_charts/counter-service/values-prod.yaml" \
        --set-string image.repository="$repository" --set-string image.tag="$tag" \
        --set-string env.APP_VERSION="$1" \
        --set-string persistence.storageClass=standard --set-string service.type=ClusterIP \
        --wait --timeout 5m
}

expect_version_and_count() { # VERSION COUNT AFTER-WHAT
    reach "$namespace" "$release"
    "$here/smoke-test.sh" --version "$1" --not-below "$2" --timeout "${TIMEOUT:-120}" "$base" || fail "not as expected after $3"
    close_forward
}

kubectl create namespace "$namespace"
kubectl label namespace "$namespace" pod-security.kubernetes.io/enforce=restricted
deploy e2e-1
helm test "$release" --namespace "$namespace" --logs

"$here/persistence-check.sh" "$namespace" "$release"
reach "$namespace" "$release"
count=$(add_one "$base")

first=$("$here/revision.sh" "$namespace" "$release")
deploy e2e-2
expect_version_and_count e2e-2 "$count" upgrade
"$here/rollback.sh" "$first" "$namespace" "$release"
expect_version_and_count e2e-1 "$count" rollback
echo "end to end: the count is still at least $count"
