#!/usr/bin/env bash
# Signs an image by its digest with the identity of the running GitHub workflow (no key exists) and checks that the
# signature verifies. The signature is an OCI referrer of the image, not a tag, so tags may be immutable.
# Usage: scripts/sign-image.sh REPOSITORY@sha256:DIGEST
set -euo pipefail

image=${1:?usage: scripts/sign-image.sh REPOSITORY@sha256:DIGEST}
if ! [[ $image =~ @sha256:[0-9a-f]{64}$ ]]; then
    echo "sign-image.sh: '$image' names no digest; a tag can come to mean another image" >&2
    exit 1
fi
: "${GITHUB_WORKFLOW_REF:?is set in a GitHub workflow, whose identity signs}"

cosign sign --yes --recursive "$image"
cosign verify --certificate-oidc-issuer https://token.actions.githubusercontent.com \
    --certificate-identity "https://github.com/$GITHUB_WORKFLOW_REF" "$image" >/dev/null
echo "signed and verified $image"
