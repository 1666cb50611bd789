# What the sections of scripts/evidence/ share. Sourced, never run.
# shellcheck shell=bash

heading() { # SECTION
    echo "# scripts/evidence.sh $1"
    echo "# $(date -u +%Y-%m-%d), commit $(git rev-parse --short=12 HEAD), $(uname -s) $(uname -r | cut -d- -f1) $(uname -m)," \
        "$(nproc) processors: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
}

# show COMMAND-LINE: prints it as one would type it, and what it prints; its status is the result.
show() {
    echo
    echo "\$ $1"
    bash -o pipefail -c "$1" 2>&1
}

# missing WHAT: ends the section without a result.
missing() {
    echo "not captured here: $*"
    exit 77
}

# Hosts that this machine has its packages from, as an extended regular expression; something that never occurs
# where there are none.
package_hosts() {
    {
        cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null
        python3 -m pip config list 2>/dev/null
        env | grep -iE '^[a-z_]*(proxy|index_url|registry)[a-z_]*=' || true
    } | grep -oE 'https?://[^/ ]+' | sed -E 's|.*//([^@/]*@)?||; s|:[0-9]+$||; s|[.]|[.]|g' | sort -u |
        paste -sd '|' | sed 's/^$/\x01/'
}

# presentable: standard input without colours, progress, this machine's paths and hosts, and bounded: the middle of
# what is longer than 400 lines is left out, and so is the end of a line of more than 300 characters.
presentable() {
    local root hosts
    root=$(pwd -P)
    hosts=$(package_hosts)
    sed -E "s|$root/||g; s|$root|.|g; s|${TMPDIR:-/tmp}/[A-Za-z0-9_./-]+|/tmp/…|g; s|$HOME/|~/|g; s#($hosts)(:[0-9]+)?#packages.example#g" |
        sed -E $'s/\x1b\\[[0-9;?]*[A-Za-z]//g; s/.*\r(.)/\\1/; s/\r$//; s/[[:space:]]+$//' | cut -c1-300 |
        awk '{ line[NR] = $0 }
             END { for (i = 1; i <= NR; i++)
                       if (NR <= 400 || i <= 200 || i > NR - 200) print line[i]
                       else if (i == 201) print "… " NR - 400 " lines …" }'
}

# wait_for_url LOG: sets url from the line in which the server says that it listens.
wait_for_url() {
    local port=''
    for _ in $(seq 100); do
        port=$(sed -nE 's/.*"server\.port":([0-9]+).*/\1/p' "$1" | head -n 1)
        [ -z "$port" ] || break
        sleep 0.05
    done
    [ -n "$port" ] || { echo "the server does not listen:" && cat "$1" && return 1; }
    url=http://127.0.0.1:$port
    export url
}
