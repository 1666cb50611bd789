#!/usr/bin/env bash
# Captures anew what evidence/ shows: each section's commands with their output, shortened, without names of this
# machine. A section whose tools are missing here says so and leaves what another machine captured.
# Usage: scripts/evidence.sh [SECTION]...   (tests image persistence load chart pipeline terraform)
# Environment: LOAD_SECONDS (10), LOAD_REQUESTS (200000) and LOAD_CLIENTS (64); EVIDENCE (evidence), the folder;
# IMAGE, an image built already, where this machine can't build it itself.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib/evidence.sh

sections=("$@")
[ $# -gt 0 ] || sections=(tests image persistence load chart pipeline terraform)
for section in "${sections[@]}"; do
    [ -x "scripts/evidence/$section.sh" ] || { echo "evidence.sh: no section '$section'" >&2; exit 1; }
done

folder=${EVIDENCE:-evidence}
mkdir -p "$folder"
failed=()
for section in "${sections[@]}"; do
    echo "capturing $folder/$section.txt" >&2
    status=0
    # evidence/README.md links each file, and the tests among the sections follow its links.
    [ -e "$folder/$section.txt" ] || : >"$folder/$section.txt"
    { heading "$section" && "scripts/evidence/$section.sh"; } >"$folder/.$section.raw" 2>&1 || status=$?
    # 77: nothing to run it with.
    if [ "$status" = 77 ]; then
        tail -n 1 "$folder/.$section.raw" >&2
        [ -s "$folder/$section.txt" ] || rm "$folder/$section.txt"
    else
        presentable <"$folder/.$section.raw" >"$folder/$section.txt"
        [ "$status" = 0 ] || failed+=("$section")
    fi
    rm -f "$folder/.$section.raw"
done
if [ ${#failed[@]} -gt 0 ]; then
    echo "evidence.sh: these ended with an error, which their files show: ${failed[*]}" >&2
    exit 1
fi
