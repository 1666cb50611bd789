#!/usr/bin/env bash
# Pushes an image as it was built, with its provenance and SBOM, to REPOSITORY under each TAG, and prints its digest.
# The tags are immutable: one that is there already with this digest is left alone, so a run can be repeated; one
# that names another image is an error. Usage: scripts/push-image.sh ARCHIVE.tar REPOSITORY TAG...
# PUSH_INSECURE=true talks plain HTTP, to a local registry.
set -euo pipefail

fail() {
    echo "push-image.sh: $*" >&2
    exit 1
}

[ $# -ge 3 ] || fail "usage: push-image.sh ARCHIVE.tar REPOSITORY TAG..."
archive=$1 repository=$2
shift 2
[ -r "$archive" ] || fail "no image archive '$archive'"
verify=true
[ "${PUSH_INSECURE:-false}" = false ] || verify=false

digest_of() { # a reference; the bytes of an image index or manifest are what its digest is of
    skopeo inspect --tls-verify="$verify" --raw "$1" | sha256sum | sed 's/^/sha256:/; s/ .*//'
}

exists() {
    skopeo inspect --tls-verify="$verify" --raw "docker://$repository:$1" >/dev/null 2>&1
}

skopeo inspect --raw "oci-archive:$archive" >/dev/null || fail "'$archive' is not an OCI image archive"
digest=$(digest_of "oci-archive:$archive")
for tag in "$@"; do
    if ! exists "$tag"; then
        skopeo copy --all --preserve-digests --dest-tls-verify="$verify" \
            "oci-archive:$archive" "docker://$repository:$tag" >&2
    fi
    there=$(digest_of "docker://$repository:$tag")
    [ "$there" = "$digest" ] || fail "$repository:$tag is $there, not the $digest built here"
done
echo "$digest"
