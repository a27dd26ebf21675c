"""How Pepa is served: two processes of sixteen threads, behind a proxy that ends TLS, and the delivery beside them.

    gunicorn --config deploy/gunicorn.conf.py

A slow phone holds no thread here until all of what it sends has arrived (patience.py). PORT names the port.
PEPA_DELIVER=0 leaves delivery to a service of its own (`flask --app wsgi pepa deliver`).
"""

import ctypes
import gc
import logging
import os
import resource
import shlex
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from pepa.db import db

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "deploy"))

# Each connection is a file; what systems give a process by default (1,024) would be used up by a thousand slow ones.
FILES = 16_384
_soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
_files = max(_soft, FILES if _hard == resource.RLIM_INFINITY else min(FILES, _hard))
with suppress(ValueError, OSError):
    resource.setrlimit(resource.RLIMIT_NOFILE, (_files, _hard))

wsgi_app = "wsgi:app"
chdir = str(ROOT)
bind = [f"127.0.0.1:{os.environ.get('PORT') or 8000}"]
worker_class = "patience.PatientWorker"
workers = 2
threads = 16
worker_connections = max(256, min(4096, _files // 2 - 256))
preload_app = True
timeout = 60
graceful_timeout = 30
keepalive = 5
umask = 0o077
os.umask(umask)  # gunicorn asks for it in the workers; folders are made before, where the program is loaded
# Heartbeats are file times; on a disk they could block a worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
# Since gunicorn 25 a socket for steering the server is opened unless it is refused.
control_socket_disable = True
# Who asks, and when, is written nowhere.
accesslog = None
errorlog = "-"
loglevel = "info"
# X-Forwarded-* is believed from nobody unless the proxy's address is named.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "")
proc_name = "pepa"

# Memory is asked for by one thread at a time in Python: a heap for each thread would only hold back what nobody uses
# (ten megabytes a worker). GNU's library alone has them.
M_ARENA_MAX = -8
with suppress(OSError, AttributeError):
    ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)

# Started again when it ends by itself: alarms hang on it. It ends with its parent.
KEEP = """
trap 'kill $child 2>/dev/null; wait $child; exit 0' TERM INT HUP
while kill -0 {server} 2>/dev/null; do
  {command} & child=$!
  wait $child
  echo "Delivery ended; starting it again." >&2
  sleep 2 & child=$!; wait $child
done
"""
PR_SET_PDEATHSIG = 1

_delivery: "subprocess.Popen[bytes] | None" = None


def on_starting(server: Any) -> None:
    logging.getLogger("gunicorn.error").addFilter(_of_nobody)


def _of_nobody(record: logging.LogRecord) -> bool:
    """gunicorn names whoever sent what it cannot read, and the address that failed: only the kind of fault stays."""
    if "request" in str(record.msg).lower():
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "unreadable"
        record.msg, record.args, record.exc_info, record.exc_text = "A request failed: %s", (kind,), None, None
    return True


def pre_fork(server: Any, worker: Any) -> None:
    """What was loaded stays: the garbage collector need not walk through it again and again in every worker (a third
    of their time went there under many reports), and memory that it does not touch stays shared."""
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """Give the worker connections of its own: those of the process that loaded the program stay with it."""
    with server.app.wsgi().app_context():
        db.engine.dispose(close=False)


def when_ready(server: Any) -> None:
    """Start the delivery, once for all workers."""
    global _delivery
    if os.environ.get("PEPA_DELIVER", "1") in ("0", "no"):
        return
    command = shlex.join([sys.executable, "-m", "flask", "--app", "wsgi", "pepa", "deliver"])
    script = KEEP.format(server=server.pid, command=command)
    _delivery = subprocess.Popen(
        ["/bin/sh", "-c", script], cwd=ROOT, stdin=subprocess.DEVNULL, process_group=0, preexec_fn=_end_with_parent
    )


def on_exit(server: Any) -> None:
    """Stop the delivery and wait for it: what it is sending is finished or taken up again, never lost."""
    if _delivery is None or server.pid != os.getpid():
        return
    with suppress(ProcessLookupError):
        os.kill(_delivery.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        _delivery.wait(graceful_timeout)


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
