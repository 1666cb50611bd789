# The service in an image with no shell: the program and the five libraries that it is linked with.
#   docker build -t counter-service --build-arg APP_VERSION=1.0.0 .
# The tag names the Swift image; a digest is passed with --build-arg SWIFT_IMAGE=swift:6.3.1-bookworm@sha256:...
ARG SWIFT_IMAGE=swift:6.3.1-bookworm

# checkov:skip=CKV_DOCKER_7:The argument has a tag, which the check does not look for there
FROM ${SWIFT_IMAGE} AS toolchain
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# Not pinned: Debian keeps only the newest version, and the one with its security fixes is wanted, of the libraries
# that go into the image too. Whether libevent has them is looked at: this function came with them.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        binutils libc6 libevent-dev libgcc-s1 libstdc++6 pkg-config \
    && rm -rf /var/lib/apt/lists/* \
    && nm --dynamic "$(pkg-config --variable=libdir libevent)/libevent-2.1.so.7" \
        | grep ' T evhttp_check_transfer_encoding_$'
WORKDIR /src

# The packages we depend on, compiled in a layer that only a change of Package.swift makes anew. The package manager
# asks for all of our own targets' folders, so they are there, empty.
FROM toolchain AS dependencies
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
COPY Package.swift ./
RUN grep -oP '(?<=name: ")[A-Za-z]+(?=")' Package.swift | while read -r target; do \
        mkdir -p "Sources/$target" "Tests/$target" \
        && touch "Sources/$target/module.modulemap" "Sources/$target/empty.swift" "Tests/$target/empty.swift" \
            "Sources/$target/index.html" "Sources/$target/openapi.yaml"; \
    done \
    && swift build -c release --static-swift-stdlib --target ArgumentParser \
    && swift build -c release --static-swift-stdlib --target Logging \
    && rm -r Sources

FROM dependencies AS build
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
COPY docs/openapi.yaml docs/
COPY Sources Sources
RUN swift build -c release --static-swift-stdlib --product counter-server -Xlinker -s
# What goes into the image, laid out as it will be: the program, the libraries that the loader finds for it, and the
# record and the licence of each one's package where scanners look for them on distroless. One date for all makes the
# layer the same however often it is built.
# (Statements rather than a chain of &&: within one, the shell would not end at a failure in the loop.)
RUN program=.build/release/counter-server; \
    install -D --mode=0755 --target-directory=/image/usr/local/bin "$program"; \
    mkdir -p /image/var/lib/dpkg/status.d /volume/data; \
    ldd "$program" | grep -o '/[^ ]*' | while read -r library; do \
        package="$(dpkg --search "*/${library##*/}" | cut -d : -f 1 | sort -u)"; \
        licence="/usr/share/doc/$package/copyright"; \
        # GCC's libraries have theirs in common; the link to it is left out of slim bases.
        [ -e "$licence" ] || licence="$(ls /usr/share/doc/gcc-*-base/copyright)"; \
        install -D --mode=0755 "$library" "/image$library"; \
        install -D --mode=0644 "$licence" "/image/usr/share/doc/$package/copyright"; \
        dpkg --status "$package" > "/image/var/lib/dpkg/status.d/$package"; \
    done; \
    find /image /volume -exec touch --no-dereference --date=@0 {} +

# The tests, in the image that the program is built in: docker build --target test .
# The unit tests, and those of the program from outside that need no more rights than a build has: no mount, no trace.
FROM build AS test
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        make python3-pytest python3-pytest-timeout python3-pytest-xdist strace \
    && rm -rf /var/lib/apt/lists/*
# The real ones and no others: those of the layers before are empty, or of a cache.
RUN rm -r Sources Tests
COPY . .
RUN make test-unit
WORKDIR /src/Tests/BlackBox
RUN python3 -m pytest -q test_bodies.py test_connections.py test_file.py test_hostile_bytes.py \
        test_hostile_framing.py test_limits.py test_listening.py test_routes.py test_settings.py test_standby.py

# The smallest base, as the one with a C library (cc) has OpenSSL in it too, and its fixes come later than Debian's.
FROM gcr.io/distroless/static-debian12:nonroot@sha256:afa5c872c891853ca7fcf1f12c3edb23f7eeef36189728842dd51042ff57f7ab \
    AS runtime
COPY --from=build /image/ /
# A new named volume takes its owner from here.
COPY --from=build --chown=65532:65532 /volume/ /
ARG APP_VERSION=dev
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="counter-service" \
    org.opencontainers.image.description="A durable counter over HTTP" \
    org.opencontainers.image.version="${APP_VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.source="${SOURCE}" \
    org.opencontainers.image.licenses="Apache-2.0"
ENV APP_VERSION=${APP_VERSION}
# By number: the kubelet cannot tell whether a name is root.
USER 65532:65532
WORKDIR /
VOLUME /data
EXPOSE 8080 9090
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
    CMD ["/usr/local/bin/counter-server", "--healthcheck"]
ENTRYPOINT ["/usr/local/bin/counter-server"]
