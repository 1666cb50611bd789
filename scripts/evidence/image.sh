#!/usr/bin/env bash
# Builds the image with what is here (docker, podman or buildah), or takes the one that IMAGE names, and shows its size,
# its configuration and what a scanner says. Part of scripts/evidence.sh.
set -euo pipefail
. scripts/lib/evidence.sh

scripts/apt-install.sh jq
version=$(scripts/version.sh)
if docker info >/dev/null 2>&1; then
    tool=docker build="docker build"
elif command -v podman >/dev/null; then
    tool=podman build="podman build"
elif command -v buildah >/dev/null; then
    tool=buildah build="BUILDAH_ISOLATION=chroot buildah build --format docker --layers"
else
    missing "neither docker, podman nor buildah can build an image on this machine"
fi

if [ -n "${IMAGE-}" ]; then
    image=$IMAGE
    echo "# the image $image was built before from the Dockerfile, and is not built anew here"
else
    image=counter-service:evidence
    show "$build --build-arg APP_VERSION=$version -t $image . 2>&1 | tail -n 40"
fi
archive=$(mktemp -d)/image.tar
trap 'rm -rf "${archive%/*}"' EXIT
case $tool in
    docker | podman)
        show "$tool image inspect --format '{{.Size}} bytes; user {{.Config.User}}; {{.Config.Entrypoint}}; stops with {{.Config.StopSignal}}' $image"
        "$tool" save --output "$archive" "$image"
        ;;
    buildah)
        show "buildah images --format '{{.Name}}:{{.Tag}} {{.Size}}' $image"
        show "buildah inspect --type image $image | jq '.Docker.config | {User, ExposedPorts, Entrypoint, Volumes, StopSignal, Healthcheck, Labels}'"
        buildah push --quiet "$image" "docker-archive:$archive" >/dev/null
        ;;
esac
show "tar -xOf $archive manifest.json | jq '.[0] | {Config, layers: (.Layers | length)}'"

if command -v trivy >/dev/null; then
    show "trivy image --severity HIGH,CRITICAL --ignore-unfixed --exit-code 1 --input $archive"
else
    echo
    echo "# trivy is not on this machine, and its database is not to be had from here: the jobs \"Trivy\" of ci.yml and"
    echo "# \"Scan\" of cd.yml run it on each change, and fail on what is serious and can be fixed."
fi
