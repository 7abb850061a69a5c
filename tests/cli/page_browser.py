# SPDX-License-Identifier: MIT
"""report.html in headless Chromium, over its debugging pipe.
page_browser.py FILE [SHOTS]   no errors, nothing loaded, no sideways scroll, contrast, sorting; light and dark, wide
                               and narrow; with SHOTS a folder for screenshots"""
import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
LIMIT = 300  # seconds for an answer; the machine may be busy


class Browser:
    def __init__(self, profile):
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()

        def place():  # the browser reads commands from 3 and writes to 4
            os.dup2(to_read, 33)
            os.dup2(from_write, 34)
            os.dup2(33, 3)
            os.dup2(34, 4)

        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                 "--no-first-run", "--remote-debugging-pipe", f"--user-data-dir={profile}"]
        self.process = subprocess.Popen([CHROMIUM, *flags, "about:blank"], preexec_fn=place, close_fds=False,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.out, self.into = to_write, from_read
        self.buffer, self.count, self.session, self.events = b"", 0, None, []
        target = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in "Page", "Runtime", "Log", "Network":
            self.call(domain + ".enable")

    def receive(self, end):
        while b"\0" not in self.buffer:
            if not select.select([self.into], [], [], max(0, end - time.time()))[0]:
                raise SystemExit("the browser does not answer")
            piece = os.read(self.into, 1 << 20)
            if not piece:
                raise SystemExit("the browser is gone")
            self.buffer += piece
        line, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(line)

    def call(self, method, **params):
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        end = time.time() + LIMIT
        while True:
            answer = self.receive(end)
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, method):
        end = time.time() + LIMIT
        while not any(e.get("method") == method for e in self.events):
            self.events.append(self.receive(end))

    def open(self, url):
        self.events = []
        self.call("Page.navigate", url=url)
        self.wait("Page.loadEventFired")

    def run(self, script):
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise SystemExit(f"{answer['exceptionDetails']}\nin {script}")
        return answer["result"].get("value")

    def close(self):
        self.process.kill()
        self.process.wait()


# The least contrast of any text with what is behind it (WCAG 2), drawings aside: those stand on white.
CONTRAST = """(() => {
  const parse = c => { const v = c.match(/[\\d.]+/g).map(Number); return v.length < 4 ? [...v, 1] : v; };
  const linear = v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = c => .2126 * linear(c[0] / 255) + .7152 * linear(c[1] / 255) + .0722 * linear(c[2] / 255);
  const behind = e => {
    for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] > 0) return c; }
    return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
  };
  let worst = [99, ''];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; n = walk.nextNode();) {
    const e = n.parentElement;
    if (!n.data.trim() || e.closest('svg,script,style') || !e.getClientRects().length) continue;
    const a = light(parse(getComputedStyle(e).color)), b = light(behind(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < worst[0]) worst = [ratio, n.data.trim().slice(0, 60)];
  }
  return worst;
})()"""

SORTED = """(() => {
  const table = document.querySelector('#overview table'), body = table.tBodies[0];
  const layers = () => Array.from(body.rows, r => r.cells[0].textContent).join();
  const before = layers(), buttons = table.tHead.querySelectorAll('button');
  if (body.rows.length < 2) return buttons.length ? 'one row has buttons' : '';
  if (!buttons.length) return 'the script does not run';
  const follows = (a, b, sign) => isNaN(b) || !isNaN(a) && sign * (b - a) >= 0;  // what is missing comes last
  const ordered = (v, sign) => v.every((x, i) => i === 0 || follows(v[i - 1], x, sign));
  const last = buttons.length - 1;
  const of = c => Array.from(body.rows, r => parseFloat(r.cells[c].textContent.replace('\\u2212', '-')));
  buttons[last].click();
  if (!ordered(of(last), 1)) return 'not ascending: ' + of(last);
  if (buttons[last].parentElement.getAttribute('aria-sort') !== 'ascending') return 'does not tell the order';
  buttons[last].click();
  if (!ordered(of(last), -1)) return 'not descending: ' + of(last);
  buttons[0].click();
  return layers() === before ? '' : 'the first column does not bring the layers back';
})()"""

wrong = []


def check(ok, what):
    if not ok:
        wrong.append(what)


def look(browser, url, width, scheme, shots):
    where = f"{width} {scheme}"
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500)
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.open(url)
    for opened in False, True:
        browser.run(f"document.querySelectorAll('details').forEach(d => d.open = {str(opened).lower()})")
        wide = browser.run("[document.documentElement.scrollWidth, innerWidth]")
        check(wide[0] <= width, f"{where}, details {'open' if opened else 'closed'}: scrolls sideways, {wide}")
        ratio, text = browser.run(CONTRAST)
        check(ratio >= 4.5, f"{where}: contrast {ratio:.2f} of {text!r}")
        if shots:
            size = browser.call("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"x": 0, "y": 0, "width": width, "height": min(size["height"], 12000), "scale": 1}
            shot = browser.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
            name = f"{width}_{scheme}{'_open' if opened else ''}.png"
            pathlib.Path(shots, name).write_bytes(base64.b64decode(shot["data"]))
    browser.run("document.querySelectorAll('details').forEach(d => d.open = false)")
    problem = browser.run(SORTED)
    check(not problem, f"{where}: sorting: {problem}")
    check(browser.run("typeof window.pwned === 'undefined'"), f"{where}: a name became a script")
    check(browser.run("document.scripts.length === 1 && !document.querySelector('img,iframe,object,embed')"),
          f"{where}: foreign elements")
    for event in browser.events:
        kind, detail = event.get("method", ""), event.get("params", {})
        check(kind != "Runtime.exceptionThrown", f"{where}: {detail}")
        check(kind != "Log.entryAdded", f"{where}: {detail.get('entry', {}).get('text')}")
        check(kind != "Runtime.consoleAPICalled", f"{where}: console: {detail}")
        loaded = detail.get("request", {}).get("url", "")  # heat maps of gnuplot are in the page as PNG
        check(kind != "Network.requestWillBeSent" or loaded.split("#")[0] == url or
              loaded.startswith("data:image/png;base64,"), f"{where}: loads {loaded}")


def main(path, shots=None):
    if not CHROMIUM:
        print("no chromium")
        return 77
    url = pathlib.Path(path).resolve().as_uri()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        try:
            for width in 1280, 390:
                for scheme in "light", "dark":
                    look(browser, url, width, scheme, shots)
            browser.call("Emulation.setScriptExecutionDisabled", value=True)
            browser.open(url)
            browser.call("Emulation.setScriptExecutionDisabled", value=False)
            check(browser.run("document.querySelector('#overview tbody tr') && !document.querySelector('button')"),
                  "without scripts: no table of layers")
        finally:
            browser.close()
    print("\n".join(wrong) or f"{path}: good in light and dark, at 1280 and 390 pixels")
    return bool(wrong)


sys.exit(main(*sys.argv[1:]))
