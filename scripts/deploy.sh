#!/usr/bin/env bash
# Installs or upgrades the release with an image named by digest, waits until it serves, and goes back by itself to
# the revision before when it does not. Settings by environment:
#   ECR_REPOSITORY  the repository, without tag      IMAGE_DIGEST  sha256:…
#   VERSION         what /version is to answer       NAMESPACE     prod      RELEASE  counter-service
# The namespace must exist (Terraform makes it): the deploy role may edit it, not create any.
# Usage: scripts/deploy.sh [HELM ARGUMENT]...
set -euo pipefail
cd "$(dirname "$0")/.."

: "${ECR_REPOSITORY:?the image repository}" "${IMAGE_DIGEST:?sha256 digest of the image}" "${VERSION:?}"
if ! [[ $IMAGE_DIGEST =~ ^sha256:[0-9a-f]{64}$ ]]; then
    echo "deploy.sh: IMAGE_DIGEST is '$IMAGE_DIGEST', not sha256: and 64 hexadecimal digits" >&2
    exit 1
fi

helm upgrade --install "${RELEASE:-counter-service}" helm_charts/counter-service \
    --namespace "${NAMESPACE:-prod}" \
    --values helm_charts/counter-service/values-prod.yaml \
    --set-string image.repository="$ECR_REPOSITORY" \
    --set-string image.tag="$VERSION" \
    --set-string image.digest="$IMAGE_DIGEST" \
    --set-string env.APP_VERSION="$VERSION" \
    --wait --rollback-on-failure --timeout 10m "$@"
