# Talks to a counter service with curl. Sourced by the scripts beside it, never run.
# shellcheck shell=bash

# Counts reach 2^63-1, which is why they are read here and not with jq: jq 1.6 rounds above 2^53, bash does not.
readonly count_pattern='^\{"counter":([0-9]{1,19})\}$'

fail() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# request METHOD URL: the body of a 2xx answer; otherwise status 22 and nothing on standard output.
request() {
    curl --silent --show-error --fail --max-time 10 --request "$1" "$2"
}

# count_from BODY: the number in {"counter":N}; fails on anything else.
count_from() {
    [[ $1 =~ $count_pattern ]] || return 1
    echo "${BASH_REMATCH[1]}"
}

# read_count URL: what GET / answers.
read_count() {
    local body
    body=$(request GET "$1/") || fail "GET $1/ was not answered"
    count_from "$body" || fail "GET $1/ answered '$body', not a count"
}

# add_one URL: what POST / answers.
add_one() {
    local body
    body=$(request POST "$1/") || fail "POST $1/ was not answered"
    count_from "$body" || fail "POST $1/ answered '$body', not a count"
}

# until_within SECONDS COMMAND...: repeats the command until it succeeds; 1 when the time is over.
until_within() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.25
    done
}
