#!/usr/bin/env bash
# Says whether the service at URL is alive, is the version expected and still has its count. Changes nothing
# unless --increment is given. Usage: scripts/smoke-test.sh [OPTION]... URL
#   --version V     /version must answer exactly V
#   --not-below N   the count must be at least N: what it was before a deployment
#   --increment     one POST too, which must give more than the count read before it
#   --timeout S     seconds to wait for the service to answer as it should (120): a new load balancer takes a while
set -euo pipefail
. "$(dirname "$0")/lib/counter.sh"

version='' not_below='' increment=false timeout=120 url=''

parse() {
    while [ $# -gt 0 ]; do
        case $1 in
            --version | --not-below | --timeout)
                [ $# -ge 2 ] || fail "$1 needs a value"
                local name=${1#--}
                printf -v "${name//-/_}" %s "$2"
                shift
                ;;
            --increment) increment=true ;;
            -*) fail "unknown option '$1'" ;;
            *)
                [ -z "$url" ] || fail "one URL only, got '$url' and '$1'"
                url=${1%/}
                ;;
        esac
        shift
    done
    [ -n "$url" ] || fail "no URL given"
    [[ ${not_below:-0} =~ ^[0-9]+$ ]] || fail "--not-below takes a count, not '$not_below'"
    [[ $timeout =~ ^[0-9]+$ ]] || fail "--timeout takes seconds, not '$timeout'"
}

# The last answer of each attempt, so that a failure can say what was seen.
seen=''

answers() { # PATH BODY
    seen=$(request GET "$url$1" 2>&1) && [ "$seen" = "$2" ]
}

expect_soon() { # PATH BODY
    until_within "$timeout" answers "$1" "$2" ||
        fail "$url$1 answered '$seen' and not '$2' within $timeout s"
    echo "ok  $1 answers $2"
}

parse "$@"
expect_soon /healthz '{"status":"ok"}'
expect_soon /readyz '{"status":"ready"}'
[ -z "$version" ] || expect_soon /version "{\"version\":\"$version\"}"

count=$(read_count "$url")
if [ -n "$not_below" ] && [ "$count" -lt "$not_below" ]; then
    fail "the count is $count and was $not_below before: increments were lost"
fi
echo "ok  the count is $count${not_below:+, not below $not_below}"

if $increment; then
    next=$(add_one "$url")
    [ "$next" -gt "$count" ] || fail "POST answered $next after the count $count"
    echo "ok  POST made it $next"
fi
