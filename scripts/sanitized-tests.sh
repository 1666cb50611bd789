#!/usr/bin/env bash
# Builds the server with a sanitizer and runs the black-box tests against it.
# Usage: scripts/sanitized-tests.sh address|thread [PYTEST-ARGUMENT...]
set -euo pipefail

cd "$(dirname "$0")/.."
sanitizer=${1:?usage: scripts/sanitized-tests.sh address|thread}
shift
scratch=.build-$sanitizer
swift build --scratch-path "$scratch" --sanitize="$sanitizer" --product counter-server
bin=$(scripts/venv.sh test)
COUNTER_SERVER=$PWD/$scratch/debug/counter-server COUNTER_SANITIZER=$sanitizer \
    "$bin/pytest" -q Tests/BlackBox "$@"
