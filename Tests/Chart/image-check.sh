#!/usr/bin/env bash
# Runs a built image as the cluster would - its own user, read-only root, no capabilities, no new privileges - and
# looks at what it does: size, start, counting, stopping, the same volume again, and what it says when it cannot
# write. Needs docker (or ENGINE=podman), curl, and Linux, as it uses the host's network.
# Usage: Tests/Chart/image-check.sh IMAGE
set -euo pipefail

image=${1:?usage: image-check.sh IMAGE}
engine=${ENGINE:-docker}
limit_bytes=45000000
limit_milliseconds=200
run_id=image-check-$$
volume=$run_id
scratch=$(mktemp -d)
cleanup() {
    "$engine" rm --force "$run_id" >/dev/null 2>&1 || true
    "$engine" volume rm --force "$volume" >/dev/null 2>&1 || true
    rm -rf "$scratch"
}
trap cleanup EXIT

fail() { echo "FAIL $*" >&2 && exit 1; }
pass() { echo "PASS $*"; }
inspect() { "$engine" inspect --format "$2" "$1"; }

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])'; }
port=$(free_port)

# In the background, hardened, with its count on the volume.
start() {
    "$engine" run --detach --name "$run_id" --network host --read-only --cap-drop ALL \
        --security-opt no-new-privileges --volume "$volume:/data" \
        --env PORT="$port" --env METRICS_PORT=0 "$image" >/dev/null
}
stop() { # and what it exited with
    "$engine" stop --time 15 "$run_id" >/dev/null
    inspect "$run_id" '{{.State.ExitCode}}'
    "$engine" logs "$run_id" >"$scratch/log" 2>&1
    "$engine" rm "$run_id" >/dev/null
}
# refused OPTION...: what it says when it cannot start, with its exit status last.
refused() {
    local status=0
    timeout 20 "$engine" run --rm --network host --read-only --cap-drop ALL --security-opt no-new-privileges \
        --env PORT="$port" --env METRICS_PORT=0 "$@" "$image" 2>&1 || status=$?
    echo "status $status"
}
ask() { curl --silent --show-error --fail --max-time 5 "$@"; }
nanoseconds_of() { date --date "${1% UTC}" +%s%N; }

size=$(inspect "$image" '{{.Size}}')
[ "$size" -le "$limit_bytes" ] || fail "the image has $size bytes, more than $limit_bytes"
pass "$((size / 1000000)) MB"

user=$(inspect "$image" '{{.Config.User}}')
[[ $user =~ ^[1-9][0-9]*:[1-9][0-9]*$ ]] || fail "the user '$user' is not a number, or is root"
pass "runs as $user"

if "$engine" run --rm --entrypoint /bin/sh "$image" -c true >"$scratch/log" 2>&1; then fail "there is a shell"; fi
pass "has no shell"

# Asked without pause from before the start, so that the first answer is seen when it comes.
(
    for ((tries = 0; tries < 3000; tries++)); do
        ask "http://127.0.0.1:$port/healthz" >/dev/null 2>&1 && date +%s%N >"$scratch/answered" && exit
    done
) &
asking=$!
start
wait "$asking"
[ -s "$scratch/answered" ] || fail "it does not answer: $("$engine" logs "$run_id" 2>&1)"
started=$(nanoseconds_of "$(inspect "$run_id" '{{.State.StartedAt}}')")
took=$((($(cat "$scratch/answered") - started) / 1000000))
[ "$took" -le "$limit_milliseconds" ] || fail "the first answer came $took ms after the start, limit $limit_milliseconds"
pass "answers $took ms after its start"

for number in 1 2 3; do
    count=$(ask --request POST "http://127.0.0.1:$port/")
    [ "$count" = "{\"counter\":$number}" ] || fail "POST number $number answered $count"
done
"$engine" exec "$run_id" /usr/local/bin/counter-server --healthcheck || fail "its health check fails while it serves"
status=$(stop)
[ "$status" = 0 ] || fail "exit status $status after SIGTERM: $(cat "$scratch/log")"
pass "counts, is healthy, and ends cleanly at SIGTERM"

start
ask --retry 20 --retry-delay 1 --retry-connrefused "http://127.0.0.1:$port/healthz" >/dev/null
count=$(ask "http://127.0.0.1:$port/")
[ "$count" = '{"counter":3}' ] || fail "after a restart on the same volume it says $count, not 3"
status=$(stop)
[ "$status" = 0 ] || fail "exit status $status"
pass "has its count again on the same volume"

said=$(refused --env COUNTER_FILE=/usr/counter.json)
[[ $said == *"/usr can't be used"*"status 73"* ]] || fail "writing outside /data: $said"
pass "cannot write outside /data"

mkdir --mode=0755 "$scratch/foreign"
said=$(refused --volume "$scratch/foreign:/data")
[[ $said == *"/data can't be used: Permission denied"*"status 73"* ]] || fail "a /data of someone else: $said"
pass "says what is wrong when /data is not writable"
