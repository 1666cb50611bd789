#!/usr/bin/env bash
# `make test`, its last lines. Part of scripts/evidence.sh.
set -euo pipefail
. scripts/lib/evidence.sh

show 'make test 2>&1 | tail -n 120'
