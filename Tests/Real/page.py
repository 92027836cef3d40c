#!/usr/bin/env python3
"""Looks at the HTML report in a real browser: on a wide screen and a phone, light and dark.

Nothing is loaded or logged, the page never scrolls sideways, its text stands out, every region has a name, the keyboard
reaches what can be opened. Screenshots are kept where --keep says. Without Chromium it is skipped, by name.
"""

import argparse
import base64
import pathlib
import subprocess
import sys
import tempfile

import packages
from browser import Browser

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Fixtures" / "C"
SHOWN = ("abandoned-mutex", "deadlocked-exit", "deadlocked-circle-of-three", "every-kind-of-descriptor")
SCREENS = {"desktop": (1280, 900), "phone": (360, 740)}
SCHEMES = ("light", "dark")

# Every text with less contrast than 4.5 to 1 (WCAG 2.2, 1.4.3) against the nearest background that is not transparent.
FAINT_TEXTS = """(() => {
  const numbers = color => color.match(/[\\d.]+/g).map(Number);
  const light = color => { const [r, g, b] = numbers(color).map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b; };
  const back = element => { for (let at = element; at; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor; const parts = numbers(color);
    if (parts.length < 4 || parts[3] > 0) return color; } return 'rgb(255,255,255)'; };
  const faint = []; const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) { const text = walk.currentNode.data.trim(), element = walk.currentNode.parentElement;
    if (!text || !element.getClientRects().length) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(back(element))];
    if ((Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5) faint.push(text.slice(0, 40)); }
  return faint; })()"""

# What a keyboard must reach and does not.
UNREACHED = """[...document.querySelectorAll('a, summary, pre')].filter(e => e.getClientRects().length && (e.focus(),
  document.activeElement !== e)).map(e => e.textContent.slice(0, 40))"""


def make_pages(straggler, folder):
  """The HTML report of every program that is shown."""
  for name in SHOWN:
    program = folder / name
    subprocess.run(
      ["cc", "-g", "-pthread", "-I", FIXTURES / "Support", "-o", program, FIXTURES / f"{name}.c"], check=True, timeout=60)
    page = folder / f"{name}.html"
    subprocess.run(
      [straggler, "run", "--exit-timeout", "5s", "--report", f"html={page}", "--fail-on", "never", "--", program],
      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=60)
    yield name, page


def mistakes(browser, page):
  """What is wrong with the page that was opened."""
  found = []
  for event in browser.events:
    method, parameters = event.get("method"), event.get("params", {})
    if method in ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
      found.append(f"logged: {parameters}")
    if method == "Network.requestWillBeSent" and parameters["request"]["url"] != page.as_uri():
      found.append(f"asked for {parameters['request']['url']}")
  browser.value("document.querySelectorAll('details').forEach(d => d.open = true)")
  wide = browser.value("document.documentElement.scrollWidth - document.documentElement.clientWidth")
  if wide > 0:
    found.append(f"scrolls sideways by {wide} pixels")
  found += [f"too faint: {text}" for text in browser.value(FAINT_TEXTS)]
  found += [f"not reached by the keyboard: {text}" for text in browser.value(UNREACHED)]
  nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
  roles = {}
  for node in nodes:
    role = node.get("role", {}).get("value")
    name = node.get("name", {}).get("value", "")
    roles.setdefault(role, []).append(name)
    if role in ("region", "figure", "article", "heading", "link") and not name:
      found.append(f"a {role} without a name")
  found += [f"no {role}" for role in ("main", "banner", "heading", "figure", "article") if role not in roles]
  return found


def main():
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--straggler", required=True)
  parser.add_argument("--keep", help="a folder for the screenshots")
  arguments = parser.parse_args()
  reason = packages.install(["chromium"], ["chromium", "fonts-dejavu-core"])
  if reason:
    print(f"skipped: the HTML report in a browser: {reason}")
    return 0
  failed = False
  with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    with Browser("chromium", folder / "profile") as browser:
      for name, page in make_pages(arguments.straggler, folder):
        browser.open(page.as_uri())
        for screen, (width, height) in SCREENS.items():
          for scheme in SCHEMES:
            browser.call(
              "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
              mobile=screen == "phone")
            browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            found = mistakes(browser, page)
            failed = failed or bool(found)
            print(f"{name}, {screen}, {scheme}: {'ok' if not found else 'NOT OK'}")
            for line in found[:10]:
              print(f"  {line}")
            if arguments.keep:
              image = browser.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
              (pathlib.Path(arguments.keep) / f"{name}-{screen}-{scheme}.png").write_bytes(base64.b64decode(image))
  return 1 if failed else 0


if __name__ == "__main__":
  sys.exit(main())
