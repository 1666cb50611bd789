#!/usr/bin/env bash
# The count outlives its process, however it ends, and its container: played through with the built image where docker
# or podman run it or buildah unpacks it (IMAGE names it), else with the release build. Part of scripts/evidence.sh.
set -euo pipefail
. scripts/lib/evidence.sh
. scripts/lib/counter.sh

image=${IMAGE:-counter-service:evidence}
data=$(mktemp -d)
chmod 0777 "$data"
pid='' container='' root=''

finish() {
    stop -KILL 2>/dev/null || true
    [ -z "$root" ] || { umount "$root/data" && buildah rm "$container" >/dev/null; }
    rm -rf "$data"
}
trap finish EXIT

settings=(HOST=127.0.0.1 METRICS_PORT=0 LOG_FORMAT=json COUNTER_FILE=/data/counter.json)
if docker image inspect "$image" >/dev/null 2>&1; then
    way=docker
elif podman image inspect "$image" >/dev/null 2>&1; then
    way=podman
elif [ "$(id -u)" = 0 ] && buildah inspect --type image "$image" >/dev/null 2>&1; then
    way=unpacked
else
    way=binary
fi

start() {
    : >"$data/log"
    case $way in
        docker | podman)
            "$way" run --rm --name counter-evidence --network host --read-only --cap-drop ALL \
                --security-opt no-new-privileges --volume "$data:/data" "${settings[@]/#/--env=}" --env PORT=0 "$image" \
                2>"$data/log" >/dev/null &
            ;;
        unpacked)
            # A new container of the image each time, as a new pod would be; only /data is the same.
            container=$(buildah from "$image")
            root=$(buildah mount "$container")
            mount --bind "$data" "$root/data"
            # Nothing between the process and us, so that its signals and its exit status are its own.
            exec_in_image &
            ;;
        binary)
            env "${settings[@]}" COUNTER_FILE="$data/counter.json" PORT=0 .build/release/counter-server 2>"$data/log" &
            ;;
    esac
    pid=$!
    wait_for_url "$data/log"
}

exec_in_image() {
    local program
    program=$(buildah inspect --type image --format '{{index .Docker.Config.Entrypoint 0}}' "$image")
    exec env -i "${settings[@]}" PORT=0 "$(PATH=$PATH:/usr/sbin command -v chroot)" --userspec=65532:65532 "$root" "$program" 2>"$data/log"
}

stop() { # SIGNAL; prints the exit status
    [ -n "$pid" ] || return 0
    local status=0
    case $way in
        docker | podman) "$way" kill --signal "${1#-}" counter-evidence >/dev/null ;;
        *) kill "$1" "$pid" ;;
    esac
    # bash would say "Killed", with its own line of this script.
    { wait "$pid"; } 2>/dev/null || status=$?
    pid=''
    if [ -n "$root" ]; then
        umount "$root/data"
        buildah rm "$container" >/dev/null
        root='' container=''
    fi
    echo "# stopped with $1: exit status $status"
}

expect() { # METHOD COUNT
    show "curl -s -X $1 \$url/" | tee "$data/answer"
    grep -qxF "{\"counter\":$2}" "$data/answer" || fail "$1 / should have answered $2"
}

case $way in
    docker | podman) echo "# $way runs the image $image, read-only, without capabilities, with one volume throughout" ;;
    unpacked) echo "# the image $image, unpacked anew for each start and run as its user in its own root, one volume throughout" ;;
    binary) echo "# no image here: the release build itself, on one folder throughout" ;;
esac
start
expect POST 1
expect POST 2
expect POST 3
stop -KILL
start
expect GET 3
expect POST 4
stop -TERM
start
expect GET 4
stop -TERM
echo "# the file: $(tr -d ' ' <"$data/counter.json")"
