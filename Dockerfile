# One file, two images: COLOUR and VERSION become the image's identity. docker-services.yml sets both.
# PACKAGES=otel adds those that send traces.

FROM python:3.13-slim AS packages
ARG PACKAGES=app
COPY requirements/$PACKAGES.txt packages.txt
# With bytecode: the root file system is read-only, so without it every start would compile again.
RUN pip install --no-cache-dir --require-hashes --compile --target /packages --requirement packages.txt \
    && rm -r /packages/bin /packages/include

FROM python:3.13-slim
WORKDIR /srv
ENV PYTHONPATH=/srv:/packages PYTHONUNBUFFERED=1 DATA_DIR=/tmp/pii-demo
COPY --from=packages /packages /packages
COPY db/sqlite.sql db/sqlite-promote.sql db/
COPY app app
RUN python -m compileall -q app
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --start-interval=500ms \
    CMD ["python", "-m", "app.healthcheck"]
CMD ["python", "-m", "gunicorn", "--config", "app/gunicorn.conf.py", "--bind", "0.0.0.0:8080", "app:create_app()"]

# Last, so that both colours share all layers above.
ARG COLOUR
ARG VERSION
ENV IMAGE_COLOUR=$COLOUR IMAGE_VERSION=$VERSION
LABEL org.opencontainers.image.title="pii-demo" \
    org.opencontainers.image.description="See and prove that a blue/green deployment works, down to the database" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="$VERSION" \
    io.pii-demo.colour="$COLOUR"
