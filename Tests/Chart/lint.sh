#!/usr/bin/env bash
# Linters for the image and the chart: hadolint, yamllint, and checkov on what the chart renders to.
# Everything that is waived is waived in place, with a reason. Usage: Tests/Chart/lint.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

lint=$(scripts/venv.sh lint)
checkov=$(scripts/venv.sh checkov)
python=$(scripts/venv.sh chart)/python
rendered=$(mktemp -d)
trap 'rm -rf "$rendered"' EXIT

"$lint/hadolint" Dockerfile
"$lint/yamllint" --strict -c .yamllint.yaml compose.yaml infra/k8s \
    helm_charts/counter-service/{Chart,values,values-prod}.yaml Tests/Chart/lint-values.yaml

render() { # NAME [ARGUMENT OF chart.py]...
    "$python" Tests/Chart/chart.py --values Tests/Chart/lint-values.yaml "${@:2}" >"$rendered/$1.yaml"
}
render one-writer
render production --values helm_charts/counter-service/values-prod.yaml
render shared --set persistence.accessMode=ReadWriteMany,persistence.storageClass=efs,replicaCount=3 \
    --set podDisruptionBudget.enabled=true,ingress.enabled=true,metrics.dashboard.enabled=true
cp infra/k8s/*.yaml "$rendered"

# Without --skip-download it asks a server for descriptions of its checks.
"$checkov/checkov" --quiet --compact --skip-download --framework dockerfile --file Dockerfile
"$checkov/checkov" --quiet --compact --skip-download --framework kubernetes --directory "$rendered"
