# Reaches a Service of the cluster from here: through $URL where the caller gave one (a load balancer), else through
# kubectl port-forward, which ends with the pod it leads to and so is opened anew after each disruption.
# Sourced after counter.sh, never run.
# shellcheck shell=bash

base=''
forward_pid=''
forward_log=''

close_forward() {
    [ -z "$forward_pid" ] || kill "$forward_pid" 2>/dev/null || true
    [ -z "$forward_log" ] || rm -f "$forward_log"
    forward_pid='' forward_log=''
}

forward_is_open() {
    base=$(sed -nE 's|^Forwarding from (127\.0\.0\.1:[0-9]+) .*|http://\1|p' "$forward_log" | head -n 1)
    [ -n "$base" ]
}

try_reach() { # NAMESPACE SERVICE
    if [ -n "${URL-}" ]; then
        base=${URL%/}
    else
        close_forward
        forward_log=$(mktemp)
        kubectl port-forward --namespace "$1" "service/$2" :http >"$forward_log" 2>&1 &
        forward_pid=$!
        until_within 10 forward_is_open || return 1
    fi
    request GET "$base/readyz" >/dev/null 2>&1
}

# reach NAMESPACE SERVICE: sets base to the address at which the ready service answers.
reach() {
    until_within 180 try_reach "$1" "$2" || fail "service/$2 in namespace $1 is not ready after 180 s"
}
