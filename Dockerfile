# A small static image: the binary, certificates, nothing else.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /klaster ./cmd/klaster \
 && mkdir /data && chown 65532:65532 /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /klaster /klaster
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
VOLUME /data
ENV KLASTER_STORE=/data/klaster.db
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s CMD ["/klaster", "doctor", "--probe"]
ENTRYPOINT ["/klaster"]
CMD ["run"]
