#!/usr/bin/env bash
# Terraform's validate and test, which need terraform and its registry. Part of scripts/evidence.sh.
set -euo pipefail
. scripts/lib/evidence.sh

command -v "${TERRAFORM:-terraform}" >/dev/null || missing "terraform is not on this machine"
# Providers and modules come from the registry; without it there is nothing to validate against.
TF_DATA_DIR=$(mktemp -d)
export TF_DATA_DIR
trap 'rm -rf "$TF_DATA_DIR"' EXIT
if ! said=$("${TERRAFORM:-terraform}" -chdir=infra/terraform/bootstrap init -backend=false -input=false -no-color 2>&1); then
    missing "terraform can't set up infra/terraform/bootstrap: $(grep -m 1 Error: <<<"$said")"
fi
show "scripts/terraform-check.sh infra/terraform/bootstrap infra/terraform/prod"
