"""How gunicorn serves the application: gunicorn -c app/gunicorn.conf.py --bind ADDRESS 'app:create_app()'"""

from pathlib import Path

from app.telemetry import LOGGING

workers = 1  # one process: half the memory, and its metrics are the whole truth
worker_class = "gthread"
threads = 4
keepalive = (
    65  # seconds; longer than the edge keeps idle connections, so that it is never the edge that finds one closed
)
graceful_timeout = 20  # seconds; shorter than a pod's grace period
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - memory: a heartbeat waits for no disk
control_socket_disable = True  # it would be made under $HOME, which may be read-only
logconfig_dict = LOGGING

# With --reload: these, too, and not Python's files alone.
reload_extra_files = [
    str(file) for file in Path(__file__).parent.rglob("*.*") if file.suffix in {".html", ".css", ".js"}
]
