# The image of the service. Build: docker build -t nabolinje .   Run: see docker-compose.yml.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/nabolinje \
    && /opt/nabolinje/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml LICENSE README.md ./
COPY bot bot
COPY handlers handlers
COPY escalation escalation
RUN /opt/nabolinje/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
# The number is fixed so that a bind-mounted data folder can be given to it.
RUN useradd --system --uid 10001 --home-dir /var/lib/nabolinje --create-home nabolinje \
    && mkdir /etc/nabolinje
COPY --from=build /opt/nabolinje /opt/nabolinje
ENV PATH=/opt/nabolinje/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    NABOLINJE_CONFIG=/etc/nabolinje/nabolinje.toml \
    NABOLINJE_DATA_DIR=/var/lib/nabolinje \
    NABOLINJE_HOST=0.0.0.0 \
    NABOLINJE_PORT=8080 \
    NABOLINJE_OFFICE_PORT=8081
USER 10001
WORKDIR /var/lib/nabolinje
VOLUME /var/lib/nabolinje
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=8s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; [urlopen(f'http://127.0.0.1:{port}/healthz', timeout=3) for port in (8080, 8081)]"]
CMD ["nabolinje", "serve"]
