"""Old Chromiums, driven by what every Chromium speaks: JSON over a plain WebSocket (DevTools, RFC 6455).

Playwright's oldest is of 2020. `with browser(path) as page:` is one page of a fresh browser; what its scripts or its
policy complain about is in `page.complaints`.
"""

import json
import os
import re
import socket
import subprocess
import tempfile
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

PATIENCE = 20  # seconds
STARTED = (
    *("--headless", "--no-sandbox", "--single-process", "--no-zygote", "--disable-gpu", "--hide-scrollbars"),
    *("--remote-debugging-port=0", "--lang=id"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)


class Page:
    """A page of an old browser."""

    def __init__(self, address: str) -> None:
        _, _, host, path = address.split("/", 3)
        name, _, port = host.partition(":")
        self._line = socket.create_connection((name, int(port)), PATIENCE)
        key = b64encode(os.urandom(16)).decode()
        asked = f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        self._line.sendall(f"{asked}Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        self._got = b""
        while b"\r\n\r\n" not in self._got:
            self._got += self._line.recv(65_536)
        head, _, self._got = self._got.partition(b"\r\n\r\n")
        assert b" 101 " in head.split(b"\r\n")[0], head
        self._last = 0
        self.complaints: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network", "Security"):
            self.call(f"{domain}.enable")
        self.call("Security.setIgnoreCertificateErrors", ignore=True)  # headless ones read no switch for it

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command; what it gives back."""
        self._last += 1
        self._send(json.dumps({"id": self._last, "method": method, "params": params}).encode())
        while True:
            told = json.loads(self._message())
            if told.get("id") == self._last:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']}")
                return dict(told.get("result") or {})
            self._hear(told)

    def _hear(self, told: dict[str, Any]) -> None:
        params = told.get("params", {})
        if told.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(params["exceptionDetails"].get("exception", params["exceptionDetails"])))
        entry = params.get("entry", {}) if told.get("method") == "Log.entryAdded" else {}
        if entry.get("level") in ("error", "warning") and entry.get("source") != "network":
            self.complaints.append(str(entry.get("text")))

    def js(self, code: str) -> Any:
        """The value of an expression on the page."""
        given = self.call("Runtime.evaluate", expression=code, returnByValue=True)
        if "exceptionDetails" in given:
            raise RuntimeError(f"{code}: {given['exceptionDetails']}")
        return given["result"].get("value")

    def until(self, code: str, wanted: Any = True) -> None:
        """Wait for a value."""
        end, seen = time.monotonic() + PATIENCE, None
        while time.monotonic() < end:
            try:
                seen = self.js(code)
            except RuntimeError as gone:  # between two pages
                seen = gone
            if seen == wanted:
                return
            time.sleep(0.05)
        raise AssertionError(
            f"{code} is {seen!r}, not {wanted!r}; the page says {self.js('document.body.innerText')!r}"
        )

    def size(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=True)

    def picture(self, path: Path) -> None:
        """The whole page, as far as it goes down."""
        size = self.call("Page.getLayoutMetrics")["contentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 6000), "scale": 1}
        taken = self.call("Page.captureScreenshot", clip=clip)
        path.write_bytes(b64decode(taken["data"]))

    def _send(self, payload: bytes) -> None:
        mask, size = os.urandom(4), len(payload)
        head = bytes([0x81]) + (bytes([0x80 | size]) if size < 126 else bytes([0xFE]) + size.to_bytes(2, "big"))
        assert size < 65_536
        self._line.sendall(head + mask + bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload)))

    def _message(self) -> bytes:
        whole = b""
        while True:
            first, second = self._bytes(2)
            size = second & 0x7F
            if size >= 126:
                size = int.from_bytes(self._bytes(2 if size == 126 else 8), "big")
            piece = self._bytes(size)
            if first & 0x0F < 8:  # a ping, or that the line is closed, says nothing to us
                whole += piece
                if first & 0x80:
                    return whole

    def _bytes(self, count: int) -> bytes:
        while len(self._got) < count:
            piece = self._line.recv(1 << 20)
            if not piece:
                raise ConnectionError("the browser has ended")
            self._got += piece
        taken, self._got = self._got[:count], self._got[count:]
        return taken


@contextmanager
def browser(path: Path) -> Iterator[Page]:
    """A fresh browser with one page."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        environ = {**os.environ, "HOME": home, "FONTCONFIG_PATH": "/etc/fonts"}
        command = [str(path), *STARTED, f"--user-data-dir={home}", "about:blank"]
        running = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environ, text=True)
        try:
            assert running.stderr is not None
            port = next((m[1] for line in running.stderr if (m := re.search(r"ws://[^:]+:(\d+)/", line))), None)
            assert port, f"{path} does not start"
            yield Page(_first_page(int(port)))
        finally:
            running.kill()
            running.communicate()


def _first_page(port: int) -> str:
    """Where the browser's page is steered from; it comes a moment after the browser."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with urlopen(f"http://127.0.0.1:{port}/json/list", timeout=PATIENCE) as answer:
            for one in json.load(answer):
                if one["type"] == "page":
                    return str(one["webSocketDebuggerUrl"])
        time.sleep(0.05)
    raise AssertionError("the browser has no page")
