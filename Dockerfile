# The bot in a container: the executable, the weights and the few system libraries it needs, and
# nothing else: no shell, no package manager, no Python. 84 MiB.
#
#   docker build --tag upscale .
#   docker compose up --detach          (see compose.yaml)

FROM swift:6.2-bookworm AS build
WORKDIR /upscale
COPY Makefile Package.swift ./
COPY Scripts Scripts
RUN Scripts/deps.sh ca-certificates libcurl4 liblcms2-2
COPY Sources Sources
COPY Tests Tests
COPY weights weights
RUN swift build -c release --static-swift-stdlib --product upscale
RUN Scripts/container-root.sh .build/release/upscale /root-files

FROM scratch
COPY --from=build /root-files /
USER 10001:10001
ENV XDG_STATE_HOME=/state
VOLUME /state
WORKDIR /state
HEALTHCHECK --interval=60s --timeout=5s --start-period=60s \
  CMD ["/usr/bin/upscale", "bot", "--check-health", "--health-file", "/state/health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/upscale"]
CMD ["bot", "--health-file", "/state/health"]
