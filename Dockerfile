# One image for all workers; the command says which: `docker run IMAGE run config/price.json`.

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libhiredis-dev libcurl4-openssl-dev libjq-dev libssl-dev zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# SwiftPM wants the folders of all targets that the manifest names, those of the tests too. The versions of a
# Package.resolved are kept where there is one.
COPY Package.swift Package.resolve[d] ./
COPY Sources Sources
COPY Tests Tests
# The cache makes the next build an incremental one.
RUN --mount=type=cache,target=/src/.build,sharing=locked \
    swift build -c release --product cointape --static-swift-stdlib \
    && strip -o /usr/local/bin/cointape .build/release/cointape

# The same Debian as above: the libraries' sonames are those that were linked.
FROM debian:bookworm-slim
ARG VERSION=
ARG REVISION=
LABEL org.opencontainers.image.title="cointape" \
      org.opencontainers.image.description="The coin tape: prices, ranks, rates and BTC buy orders on Redis streams" \
      org.opencontainers.image.base.name="docker.io/library/debian:bookworm-slim" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
# curl asks /healthz in compose.yaml, and for whoever looks from inside; the rest is what cointape is linked with.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates curl tini \
        libcurl4 libhiredis0.14 libjq1 libssl3 libstdc++6 zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 cointape \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin cointape \
    # Volumes that are mounted here are the user's too: what apis have acknowledged, and the blocks of all lists.
    && install -d -o cointape -g cointape /var/lib/cointape/witness /var/lib/cointape/archive
COPY --from=build /usr/local/bin/cointape /usr/local/bin/cointape
WORKDIR /srv/cointape
# The configs are of the same version as the program. Another folder of yours: --build-arg CONFIG=myconfig
ARG CONFIG=config
COPY $CONFIG config
ENV CONFIG_DIR=/srv/cointape/config HOST=0.0.0.0
USER 10001:10001
EXPOSE 6667
# As PID 1 tini passes signals on and reaps; the exit code is that of cointape. There is no HEALTHCHECK here, because
# only an api has something to ask: compose.yaml does.
ENTRYPOINT ["tini", "--", "cointape"]
CMD ["--help"]
