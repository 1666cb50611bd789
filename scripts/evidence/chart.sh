#!/usr/bin/env bash
# The chart rendered with the values of production, by Helm where it is there, else by Helm's engine from PyPI.
# Part of scripts/evidence.sh.
set -euo pipefail
. scripts/lib/evidence.sh

values=helm_charts/counter-service/values-prod.yaml
if command -v helm >/dev/null; then
    show "scripts/chart-check.sh helm_charts/counter-service"
    show "helm template counter-service helm_charts/counter-service -n prod -f $values"
else
    bin=$(scripts/venv.sh chart)
    show "${bin#"$PWD/"}/python Tests/Chart/chart.py -f $values"
fi
