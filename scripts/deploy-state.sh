#!/usr/bin/env bash
# Prints what runs now, as lines for a workflow step's outputs: revision=, url=, count=. What is not there (a first
# deployment) or does not answer (one that this deployment may be to mend) is left empty and said on standard error.
# Usage: scripts/deploy-state.sh [NAMESPACE] [RELEASE]
set -euo pipefail
here=$(dirname "$0")
. "$here/lib/counter.sh"

namespace=${1:-prod} release=${2:-counter-service}
url='' count=''

revision=$("$here/revision.sh" "$namespace" "$release")
if [ -n "$revision" ]; then
    url=$(TIMEOUT=${TIMEOUT:-30} "$here/service-url.sh" "$namespace" "$release") || url=''
    [ -z "$url" ] || count=$(read_count "$url") || count=''
fi
echo "revision=$revision"
echo "url=$url"
echo "count=$count"
