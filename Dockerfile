# The box as a container: one static program, no shell, no root.
#
#   docker build -t glucokeep .
#   docker run --network host -v glucokeep:/data glucokeep
#
# The program serves loopback only as long as it speaks no TLS, hence the
# host's network. This image has no USB reading: that needs libusb, which a
# program without any library cannot use.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN packaging/build.sh /out/glucokeep && mkdir /out/data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/glucokeep /glucokeep
COPY --from=build --chown=nonroot:nonroot /out/data /data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/glucokeep"]
CMD ["serve", "--data", "/data", "--listen", "127.0.0.1:8080", "--base-url", "http://localhost:8080"]
