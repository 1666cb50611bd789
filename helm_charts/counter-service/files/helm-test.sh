# shellcheck shell=sh
# What `helm test` runs, against the Service at $URL: counts twice, reads back, asks for the version.
# Others may count meanwhile, so numbers must grow; they need not follow one another.
set -eu

ask() { curl --silent --show-error --fail --max-time 10 "$@"; }

number() {
    case $1 in
        '{"counter":'*'}') n=${1#*:} && n=${n%\}} ;;
        *) echo "not a count: $1" >&2 && exit 1 ;;
    esac
    case $n in
        '' | *[!0-9]*) echo "not a number: $1" >&2 && exit 1 ;;
    esac
    echo "$n"
}

# Only the first request waits for the service to come up: a POST that is tried again may count twice.
before=$(number "$(ask --retry 30 --retry-delay 1 --retry-all-errors "$URL/")")
one=$(number "$(ask --request POST "$URL/")")
two=$(number "$(ask --request POST "$URL/")")
after=$(number "$(ask "$URL/")")
version=$(ask "$URL/version")

echo "count before $before, POST answered $one and $two, count after $after, $version"
[ "$before" -lt "$one" ] || { echo "POST answered $one, not above the $before that was read before it" >&2 && exit 1; }
[ "$one" -lt "$two" ] || { echo "the second POST answered $two, not above the first's $one" >&2 && exit 1; }
[ "$two" -le "$after" ] || { echo "GET answered $after after a POST had answered $two" >&2 && exit 1; }
[ "$version" = "{\"version\":\"$EXPECTED_VERSION\"}" ] ||
    { echo "/version answers $version where the release has $EXPECTED_VERSION" >&2 && exit 1; }
echo "counted, read back, version as released"
