#!/usr/bin/env bash
# The deploy job of cd.yml and the end-to-end job of ci.yml, played from first to last step on a stand-in cluster that
# runs the real server, and the linters of the workflows. Part of scripts/evidence.sh.
set -euo pipefail
. scripts/lib/evidence.sh

scripts/apt-install.sh skopeo docker-registry jq curl
bin=$(scripts/venv.sh workflows)
show "scripts/lint-workflows.sh"
show "${bin#"$PWD/"}/pytest -p no:cacheprovider --verbose --no-header Tests/Scripts | sed -E 's/ +\\[ *[0-9]+%\\]//'"
