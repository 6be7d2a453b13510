# The sender and the receiver, run as nobody in particular. examples/compose runs the receiver; the
# sender's token is given in a file, never built in:
#
#   docker build -t visitjoin .
#   docker run --rm -e VISITJOIN_COUNTER=2215573 -e VISITJOIN_TOKEN_FILE=/run/secrets/token \
#     -v "$PWD/token:/run/secrets/token:ro" -v "$PWD:/data:ro" -v visitjoin:/var/lib/visitjoin \
#     visitjoin send deals.csv --quiet

FROM python:3.11.14-slim-bookworm AS build
WORKDIR /build
COPY requirements.lock ./
# Every hash is checked here, those of the tools too; what is installed below comes from nowhere else.
RUN pip download --no-cache-dir --require-hashes --no-deps --dest /wheels -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN pip wheel --no-cache-dir --no-index --find-links /wheels --no-deps --wheel-dir /wheels . \
    && python -m venv /opt/visitjoin \
    && /opt/visitjoin/bin/pip install --no-cache-dir --no-index --find-links /wheels 'visitjoin[postgresql,s3]'

FROM python:3.11.14-slim-bookworm
COPY --from=build /opt/visitjoin /opt/visitjoin
RUN useradd --system --uid 10001 --user-group --no-create-home visitjoin \
    && install --directory --owner visitjoin --group visitjoin --mode 0700 /var/lib/visitjoin
ENV VISITJOIN_LEDGERS=/var/lib/visitjoin/ledgers \
    XDG_CONFIG_HOME=/var/lib/visitjoin/config \
    XDG_STATE_HOME=/var/lib/visitjoin/state
# The ledgers know what was sent before. Without the volume everything would be sent again.
VOLUME /var/lib/visitjoin
WORKDIR /data
# A number, so that a cluster can see that it is not root.
USER 10001:10001
ENTRYPOINT ["/opt/visitjoin/bin/visitjoin"]
CMD ["--help"]
