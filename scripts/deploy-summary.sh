#!/usr/bin/env bash
# Writes what a deployment did as Markdown, for the run's summary. All by environment; what is empty is said to be so.
#   OUTCOME VERSION IMAGE URL COUNT_BEFORE COUNT_AFTER REVISION_BEFORE REVISION_AFTER
# Usage: scripts/deploy-summary.sh >>"$GITHUB_STEP_SUMMARY"
set -euo pipefail

row() {
    echo "| $1 | ${2:-none} |"
}

echo "## Deployment: ${OUTCOME:?success, failure or cancelled}"
echo
echo "| | |"
echo "| --- | --- |"
row version "${VERSION:+\`$VERSION\`}"
row image "${IMAGE:+\`$IMAGE\`}"
row address "${URL-}"
row "count before" "${COUNT_BEFORE-}"
row "count after" "${COUNT_AFTER-}"
row "revision before" "${REVISION_BEFORE-}"
row "revision now" "${REVISION_AFTER-}"
