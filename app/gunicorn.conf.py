"""How gunicorn serves the application: gunicorn -c app/gunicorn.conf.py --bind ADDRESS 'app:create_app()'

Nothing of the application is imported here: gevent could no longer patch it, nor a reload replace it.
"""

import gc
import os
import socket
from pathlib import Path

workers = 1  # one process takes half the memory of two, and its metrics are complete
worker_class = "app.worker.Worker"  # a greenlet per connection: slow clients do not block others
logger_class = "app.worker.Log"
worker_connections = 2000
# Seconds; longer than Envoy's idle timeout, so that Envoy never reuses a connection that is being closed. It also
# bounds the time for a request's headers.
keepalive = 65
graceful_timeout = 20  # seconds; shorter than a pod's grace period
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - in memory: no wait for a disk
control_socket_disable = True  # it would be created under $HOME, which may be read-only

# Trust no forwarded header: by default gunicorn believes any client of its Unix socket.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
sendfile = False  # nothing is sent from a file, and app/worker.py sends the head with the body
limit_request_fields = 64  # enough for a browser and a gateway; app/worker.py limits their total size


def _first_set(*variables: str) -> str:
    return next(filter(None, map(os.environ.get, variables)), "none")


logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "{levelname}{name}{message}",
            "style": "{",
            "timestamp": "time",
            "rename_fields": {"levelname": "level", "name": "logger"},
            # Until the application is loaded, which says who it is as of each line: app/web/logs.py
            "static_fields": {
                "colour": _first_set("COLOUR", "IMAGE_COLOUR"),
                "version": _first_set("VERSION", "IMAGE_VERSION"),
                "pod": os.environ.get("POD_NAME") or socket.gethostname(),
            },
        }
    },
    "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["stdout"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": ["stdout"], "propagate": False},
    },
}

# With --reload, watch these as well as Python's files.
reload_extra_files = [
    str(file) for file in Path(__file__).parent.rglob("*.*") if file.suffix in {".html", ".css", ".js"}
]


def pre_fork(_server: object, _worker: object) -> None:
    """Keep the garbage collector from writing to memory that the worker shares with the master."""
    gc.collect()
    gc.freeze()


def post_worker_init(_worker: object) -> None:
    """Keep it from scanning again what the application has loaded for good."""
    gc.collect()
    gc.freeze()
