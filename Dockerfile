FROM golang:1.26 AS build
WORKDIR /src
# Modules change seldom: their layer is kept when only the code changes.
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# timetzdata puts the time zones into the binary: the image has none.
RUN CGO_ENABLED=0 go build -trimpath -tags timetzdata -ldflags '-s -w' -o /out/koshelek-adapter ./server \
 && mkdir -p -m 0700 /out/root/data \
 && mkdir -m 1777 /out/root/tmp

# The conformance suite, for a partner's build: docker build --target conform .
FROM build AS build-conform
RUN CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /out/conform ./conformance/cmd/conform

FROM scratch AS conform
COPY --from=build-conform /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build-conform --chown=65532:65532 /out/root/tmp /tmp
COPY --from=build-conform /out/conform /conform
USER 65532:65532
WORKDIR /tmp
ENTRYPOINT ["/conform"]

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
# /data, from which a new volume takes owner and mode, and /tmp. Their parent is
# copied, because COPY does not keep the mode of the folder that it is given.
COPY --from=build --chown=65532:65532 /out/root/ /
COPY --from=build /out/koshelek-adapter /koshelek-adapter

# A number, so that an orchestrator can see that it is not root.
USER 65532:65532
WORKDIR /data
# The ops listener leaves loopback, or nobody could reach it. Publish 8443 only.
ENV ADAPTER_LISTEN=:8443 \
    ADAPTER_OPS_LISTEN=:9090 \
    ADAPTER_DATA_DIR=/data
EXPOSE 8443 9090
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["/koshelek-adapter", "health"]
ENTRYPOINT ["/koshelek-adapter"]
