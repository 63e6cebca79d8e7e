# docs/deployment.md says how to build and run it.
FROM python:3.11-slim-bookworm

RUN useradd --uid 10001 --home-dir /var/lib/conference-line --shell /usr/sbin/nologin conference \
    && install -d -o conference -m 700 /var/lib/conference-line/.local/state

WORKDIR /srv/conference-line
COPY requirements.txt requirements-scaling.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check -r requirements.txt \
    -r requirements-scaling.txt
COPY app.py ./
COPY conference ./conference
RUN python -m compileall -q app.py conference

USER conference
ENV PORT=5000 WEB_CONCURRENCY=1
EXPOSE 5000
# The lock, and the times of outgoing calls.
VOLUME /var/lib/conference-line/.local/state
# Not /readyz: a restart mends nothing that it reports.
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=2); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
# In this form SIGTERM reaches gunicorn. It needs up to 25 s to end.
CMD ["gunicorn", "--config", "python:conference.serving", "app:app"]
