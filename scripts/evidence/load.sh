#!/usr/bin/env bash
# hey, ab and wrk against the release build, GET and POST, and after each POST run the count: every request that was
# answered 200 must be in it. Part of scripts/evidence.sh.
set -euo pipefail
. scripts/lib/evidence.sh
. scripts/lib/counter.sh

scripts/apt-install.sh hey apache2-utils wrk
[ -x .build/release/counter-server ] || fail "build it first: make build"
seconds=${LOAD_SECONDS:-10} requests=${LOAD_REQUESTS:-200000} clients=${LOAD_CLIENTS:-64}
data=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; rm -rf "$data"' EXIT
: >"$data/log"
env HOST=127.0.0.1 PORT=0 METRICS_PORT=0 LOG_FORMAT=json COUNTER_FILE="$data/counter.json" \
    .build/release/counter-server 2>"$data/log" &
pid=$!
wait_for_url "$data/log"
echo "# server and clients share this machine's $(nproc) processors; the file is on $(stat -f -c %T "$data")"

counted() { # WHAT BEFORE AT-LEAST
    local now
    now=$(read_count "$url")
    echo "# the count went from $2 to $now: $((now - $2)) increments for $3 answers of 200 that $1 counted"
    [ $((now - $2)) -ge "$3" ] || fail "acknowledged increments are not in the count"
}

show "hey -n $requests -c $clients $url/"
before=$(read_count "$url")
output=$(show "hey -n $requests -c $clients -m POST $url/")
echo "$output"
counted hey "$before" "$(sed -nE 's/^ *\[200\][[:space:]]+([0-9]+) responses.*/\1/p' <<<"$output")"

show "ab -q -k -l -n $requests -c $clients $url/"
before=$(read_count "$url")
output=$(show "ab -q -k -l -n $requests -c $clients -m POST $url/")
echo "$output"
counted ab "$before" "$(sed -nE 's/^Complete requests: +([0-9]+)$/\1/p' <<<"$output")"

show "wrk -t1 -c$clients -d${seconds}s --latency $url/"
before=$(read_count "$url")
output=$(show "wrk -t1 -c$clients -d${seconds}s --latency -s scripts/evidence/post.lua $url/")
echo "$output"
counted wrk "$before" "$(sed -nE 's/^ *([0-9]+) requests in .*/\1/p' <<<"$output")"

kill -TERM "$pid"
wait "$pid" || fail "the server's exit status was $?"
echo
echo "# SIGTERM: exit status 0, and the file has: $(tr -d ' ' <"$data/counter.json")"
