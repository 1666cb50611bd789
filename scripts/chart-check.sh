#!/usr/bin/env bash
# Lints a chart with Helm itself and renders it with its own values and with those of production.
# Usage: scripts/chart-check.sh CHART
set -euo pipefail

chart=${1:?usage: scripts/chart-check.sh CHART}
render() {
    helm template counter-service "$chart" --namespace prod "$@" >/dev/null
    echo "renders: ${*:-defaults}"
}

helm lint --strict "$chart"
helm lint --strict "$chart" --values "$chart/values-prod.yaml"
render
render --values "$chart/values-prod.yaml"
