"""A headless Chromium, spoken to over a pipe: the DevTools protocol without a port that others could reach."""

import json
import os
import select
import subprocess
import time


class Browser:
  """Use it as a context; it ends with it, whatever happens."""

  LIMIT = 60

  def __init__(self, command, folder):
    to_browser, self._write = os.pipe()
    self._read, from_browser = os.pipe()
    # Chromium reads from descriptor 3 and writes to 4.
    shell = f'exec "$@" 3<&{to_browser} 4>&{from_browser}'
    self._process = subprocess.Popen(
      ["/bin/sh", "-c", shell, "sh", command, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
       f"--user-data-dir={folder}", "about:blank"],
      pass_fds=(to_browser, from_browser), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
      stderr=subprocess.DEVNULL)
    os.close(to_browser)
    os.close(from_browser)
    self._buffer = b""
    self._number = 0
    self._session = None
    self.events = []

  def __enter__(self):
    return self

  def __exit__(self, *_):
    # Killed, it would leave processes of its own that still write to its folder.
    try:
      self._session = None
      self.call("Browser.close")
      self._process.wait(self.LIMIT)
    except (RuntimeError, OSError, subprocess.TimeoutExpired):
      self._process.kill()
      self._process.wait()
    os.close(self._read)
    os.close(self._write)

  def _next(self):
    """The next message; RuntimeError where none comes."""
    end = time.monotonic() + self.LIMIT
    while b"\0" not in self._buffer:
      ready, _, _ = select.select([self._read], [], [], max(0, end - time.monotonic()))
      data = os.read(self._read, 1 << 16) if ready else b""
      if not data:
        raise RuntimeError("the browser does not answer")
      self._buffer += data
    message, self._buffer = self._buffer.split(b"\0", 1)
    return json.loads(message)

  def call(self, method, **parameters):
    """The result of a call; events that come meanwhile are kept."""
    self._number += 1
    request = {"id": self._number, "method": method, "params": parameters}
    if self._session:
      request["sessionId"] = self._session
    data = json.dumps(request).encode() + b"\0"
    while data:
      data = data[os.write(self._write, data):]
    while True:
      message = self._next()
      if message.get("id") == self._number:
        if "error" in message:
          raise RuntimeError(f"{method}: {message['error']['message']}")
        return message["result"]
      self.events.append(message)

  def open(self, address):
    """Opens a page and waits until it is loaded; what it logs and asks for is in `events` then."""
    self._session = None
    target = self.call("Target.createTarget", url="about:blank")["targetId"]
    self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for domain in ("Page", "Log", "Runtime", "Network", "Accessibility"):
      self.call(f"{domain}.enable")
    self.events.clear()
    self.call("Page.navigate", url=address)
    while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
      self.events.append(self._next())

  def value(self, expression):
    """What a JavaScript expression gives in the page."""
    result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
    if "exceptionDetails" in result:
      raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
    return result["result"].get("value")
