#!/usr/bin/env bash
# Lets skopeo and cosign into the registry of an ECR repository for twelve hours, with the AWS credentials at hand.
# Usage: scripts/registry-login.sh ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME
set -euo pipefail

repository=${1:?usage: scripts/registry-login.sh REPOSITORY}
registry=${repository%%/*}
region=$(sed -nE 's/^[0-9]{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/\1/p' <<<"$registry")
if [ -z "$region" ]; then
    echo "registry-login.sh: '$repository' is not ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME" >&2
    exit 1
fi
# cosign reads Docker's file only, skopeo is told to write there.
aws ecr get-login-password --region "$region" |
    skopeo login --authfile "${DOCKER_CONFIG:-$HOME/.docker}/config.json" --username AWS --password-stdin "$registry"
