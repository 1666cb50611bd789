#!/usr/bin/env bash
# The image of the service has no shell, so that its volume is looked into from a pod of its own: the same user, no
# privileges, a shell, and the volumes under /volumes/CLAIM. Stop the service before changing the count.
# Usage: scripts/volume-pod.sh start [CLAIM]...   (counter-service-data)
#        scripts/volume-pod.sh exec COMMAND...    e.g. exec cat /volumes/counter-service-data/counter.json
#        scripts/volume-pod.sh stop
# Environment: NAMESPACE (prod), VOLUME_IMAGE (any image with a shell; the chart's test image)
set -euo pipefail

namespace=${NAMESPACE:-prod} pod=counter-volume
# The image of the chart's own test, by digest: one foreign image in the cluster, not two.
image=${VOLUME_IMAGE:-docker.io/curlimages/curl:8.18.0@sha256:d94d07ba9e7d6de898b6d96c1a072f6f8266c687af78a74f380087a0addf5d17}

manifest() { # CLAIM...
    local claim
    cat <<END
apiVersion: v1
kind: Pod
metadata:
  name: $pod
  namespace: $namespace
spec:
  automountServiceAccountToken: false
  enableServiceLinks: false
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  securityContext:
    runAsNonRoot: true
    runAsUser: 65532
    runAsGroup: 65532
    fsGroup: 65532
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: {type: RuntimeDefault}
  containers:
    - name: shell
      image: $image
      command: [sleep, "3600"]
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
      resources:
        requests: {cpu: 10m, memory: 16Mi}
        limits: {memory: 64Mi}
      volumeMounts:
$(for claim; do echo "        - {name: $claim, mountPath: /volumes/$claim}"; done)
  volumes:
$(for claim; do echo "    - {name: $claim, persistentVolumeClaim: {claimName: $claim}}"; done)
END
}

case ${1-} in
    start)
        shift
        [ $# -gt 0 ] || set -- counter-service-data
        manifest "$@" | kubectl apply --filename -
        kubectl wait "pod/$pod" --namespace "$namespace" --for condition=Ready --timeout 3m
        ;;
    exec)
        shift
        exec kubectl exec "$pod" --namespace "$namespace" -- "$@"
        ;;
    stop)
        kubectl delete pod "$pod" --namespace "$namespace"
        ;;
    *)
        echo "usage: volume-pod.sh start [CLAIM]... | exec COMMAND... | stop" >&2
        exit 2
        ;;
esac
