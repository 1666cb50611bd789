#!/usr/bin/env bash
# Makes the Python environment NAME from Tests/requirements/NAME.txt and prints the folder of its programs.
# Built once and again whenever the requirements change. Usage: bin=$(scripts/venv.sh NAME)
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
name=${1:?usage: scripts/venv.sh NAME}
requirements=$root/Tests/requirements/$name.txt
environment=$root/.venvs/$name
stamp=$environment/requirements.sha256
wanted=$(sha256sum <"$requirements")

if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    "$root/scripts/apt-install.sh" python3-venv
    echo "setting up the Python environment '$name'" >&2
    rm -rf "$environment"
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check -r "$requirements" >&2
    echo "$wanted" >"$stamp"
fi
echo "$environment/bin"
