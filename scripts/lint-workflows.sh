#!/usr/bin/env bash
# Lints what the pipeline is made of: the workflows (actionlint, which runs shellcheck on their shell lines, and
# zizmor) and all YAML that is not a template (yamllint). Offline. Usage: scripts/lint-workflows.sh
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/apt-install.sh shellcheck
bin=$(scripts/venv.sh workflows)
"$bin/actionlint" -no-color
"$bin/zizmor" --offline --no-progress --quiet --persona pedantic .github
git ls-files -z -- '*.yml' '*.yaml' ':!helm_charts/*/templates/*' | xargs -0 "$bin/yamllint" --strict
