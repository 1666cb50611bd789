#!/usr/bin/env bash
# Checks Terraform folders without touching any account: format, validity, and their tests with mocked providers.
# Usage: scripts/terraform-check.sh FOLDER...   ($TERRAFORM: the program, terraform)
set -euo pipefail

[ $# -gt 0 ] || { echo "usage: terraform-check.sh FOLDER..." >&2; exit 2; }
terraform=${TERRAFORM:-terraform}
for folder in "$@"; do
    [ -d "$folder" ] || { echo "terraform-check.sh: no folder '$folder'" >&2; exit 1; }
    echo "== $folder"
    "$terraform" -chdir="$folder" fmt -check -diff -recursive
    "$terraform" -chdir="$folder" init -backend=false -input=false
    "$terraform" -chdir="$folder" validate
    "$terraform" -chdir="$folder" test
done
