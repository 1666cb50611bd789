#!/usr/bin/env bash
# Prints the address at which the service is reached from outside the cluster, waiting until its load balancer has one.
# Prints nothing where there is no such Service yet, as before a first deployment.
# Usage: scripts/service-url.sh [NAMESPACE] [SERVICE]   (prod, counter-service; TIMEOUT seconds, 300)
set -euo pipefail
. "$(dirname "$0")/lib/counter.sh"

namespace=${1:-prod} service=${2:-counter-service} timeout=${TIMEOUT:-300}
host='' port=''

field() {
    kubectl get service "$service" --namespace "$namespace" --ignore-not-found --output "jsonpath=$1"
}

# AWS load balancers have a name, most others an address.
has_address() {
    host=$(field '{.status.loadBalancer.ingress[0].hostname}{.status.loadBalancer.ingress[0].ip}')
    [ -n "$host" ]
}

[ -n "$(field '{.metadata.name}')" ] || exit 0
until_within "$timeout" has_address ||
    fail "service/$service in $namespace has no load balancer address after $timeout s; see: kubectl describe service $service -n $namespace"
port=$(field '{.spec.ports[0].port}')
echo "http://$host$([ "$port" = 80 ] || echo ":$port")"
