#!/usr/bin/env python3
"""Drives the HTML report in a headless Chromium, as a reader with a mouse and one with a keyboard would.

    browser.py CHROMIUM REPORT.html [FOLDER FOR SCREENSHOTS]

Speaks the DevTools protocol over a pipe; needs nothing but Python. Prints what failed and ends with 1, or ends with 0.
"""
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile


class Browser:
    def __init__(self, program, profile):
        commands, self.output = os.pipe()
        self.input, answers = os.pipe()

        def connect():
            # Chromium reads commands from descriptor 3 and writes answers to 4; neither may be overwritten while moving.
            a, b = os.dup(commands), os.dup(answers)
            high_a, high_b = os.dup2(a, 60), os.dup2(b, 61)
            os.dup2(high_a, 3)
            os.dup2(high_b, 4)

        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
             "--disable-background-networking", "--disable-dev-shm-usage", f"--user-data-dir={profile}",
             "--window-size=1100,900", "--remote-debugging-pipe"],
            preexec_fn=connect, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self.buffer = b""
        self.count = 0
        self.events = []
        self.session = None

    def receive(self):
        while b"\0" not in self.buffer:
            chunk = os.read(self.input, 1 << 16)
            if not chunk:
                raise RuntimeError("the browser has ended")
            self.buffer += chunk
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.count += 1
        number = self.count
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, address):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        self.call("Page.navigate", url=address)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.receive())

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def move(self, x, y):
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, x, y):
        self.move(x, y)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def key(self, name, code, text=""):
        self.call("Input.dispatchKeyEvent", type="keyDown", key=name, code=name, windowsVirtualKeyCode=code, text=text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=name, code=name, windowsVirtualKeyCode=code)

    def write(self, text):
        self.call("Input.insertText", text=text)

    def center(self, expression):
        return self.value(
            f"(() => {{ const e = {expression}; e.scrollIntoView({{block: 'center'}}); const b = e.getBoundingClientRect();"
            " return [b.x + b.width / 2, b.y + b.height / 2]; })()")

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))


def errors(events):
    for event in events:
        method, parameters = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            yield json.dumps(parameters["exceptionDetails"])
        if method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
            yield json.dumps(parameters["args"])
        if method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            yield json.dumps(parameters["entry"])
        if method == "Network.requestWillBeSent" and not parameters["request"]["url"].startswith(("file:", "data:")):
            yield "asks the network for " + parameters["request"]["url"]


def main():
    program, report = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    pictures = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else None
    failures = []

    def check(condition, what):
        if not condition:
            failures.append(what)

    def shoot(name):
        if pictures:
            pictures.mkdir(parents=True, exist_ok=True)
            browser.screenshot(pictures / (name + ".png"))

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        try:
            browser.open(report.as_uri())
            shoot("top")
            table = "document.querySelector('.table table')"
            values = f"[...{table}.tBodies[0].rows].filter(r => !r.className).map(r => Number(r.cells[1].dataset.value))"
            headings = f"[...{table}.tBodies[0].rows].map(r => r.cells[0].textContent)"
            before = browser.value(headings)

            # A click sorts, another turns the order, a third restores it; summaries stay last.
            button = f"{table}.querySelectorAll('thead button')[1]"
            for order, goal in (("ascending", 1), ("descending", -1)):
                browser.click(*browser.center(button))
                numbers = [n for n in browser.value(values) if n is not None and n == n]
                check(numbers == sorted(numbers, reverse=goal < 0), f"sorted {order}: {numbers}")
                check(browser.value(f"{button}.parentElement.ariaSort") == order, f"aria-sort is {order}")
                check(browser.value(headings)[-2:] == before[-2:], "summaries stay last")
            shoot("sorted")
            browser.click(*browser.center(button))
            check(browser.value(headings) == before, "the third click restores the order")

            # The same by keyboard: focus, Enter.
            browser.value(f"{button}.focus()")
            browser.key("Enter", 13, "\r")
            check(browser.value(f"{button}.parentElement.ariaSort") == "ascending", "Enter sorts")
            browser.key("Tab", 9)
            check(browser.value("document.activeElement.tagName") == "BUTTON", "Tab goes to the next heading")

            # Typing filters problems.
            browser.click(*browser.center("document.getElementById('problem-filter')"))
            browser.write("VOWEL")
            shown = browser.value(f"[...{table}.tBodies[0].rows].filter(r => !r.hidden && !r.className).map(r => r.cells[0].textContent)")
            check(len(shown) == 1 and shown[0].startswith("vowel"), f"the filter leaves vowel: {shown}")
            check(browser.value("document.querySelectorAll('svg .dimmed').length") > 0, "other problems' charts are dimmed")
            shoot("filtered")
            browser.value("(() => { const f = document.getElementById('problem-filter'); f.value = ''; f.dispatchEvent(new Event('input')); })()")
            check(browser.value("document.querySelectorAll('tr[hidden], .dimmed').length") == 0, "an empty filter shows all")

            # One optimizer.
            browser.value("(() => { const s = document.getElementById('optimizer-filter'); s.value = 'sgd'; s.dispatchEvent(new Event('change')); })()")
            check(browser.value("document.querySelector('section[data-title=Adam]').hidden"), "Adam's section is hidden")
            check(not browser.value("document.querySelector('section[data-title=SGD]').hidden"), "SGD's section is shown")
            browser.value("(() => { const s = document.getElementById('optimizer-filter'); s.value = ''; s.dispatchEvent(new Event('change')); })()")

            # Space on a check box hides a schedule everywhere.
            count = "[...document.querySelectorAll('[data-schedule=flat]')].filter(e => e.getBoundingClientRect().height > 0).length"
            check(browser.value(count) > 10, "flat is shown at first")
            browser.value("document.querySelector('[data-toggle=flat]').focus()")
            browser.key(" ", 32, " ")
            check(browser.value(count) == 0, "Space hides flat")
            shoot("toggled")
            browser.key(" ", 32, " ")
            check(browser.value(count) > 10, "Space shows flat again")

            # Hover: a dot, then a curve; and a dot by keyboard.
            browser.move(*browser.center("document.querySelector('figure circle[data-hint]')"))
            hint = "(document.getElementById('hint').hidden ? '' : document.getElementById('hint').textContent)"
            check("%" in browser.value(hint), f"a dot has a hint: {browser.value(hint)!r}")
            shoot("hover")
            curve = "document.querySelector('figure polyline[data-hints]')"
            browser.value(f"{curve}.scrollIntoView({{block: 'center'}})")
            x, y = browser.value(
                f"(() => {{ const c = {curve}; const p = c.points[Math.floor(c.points.length / 2)];"
                " const q = new DOMPoint(p.x, p.y).matrixTransform(c.getScreenCTM()); return [q.x + 2, q.y + 2]; })()")
            browser.move(x, y)
            check(" at " in browser.value(hint), f"a curve has hints: {browser.value(hint)!r}")
            check(browser.value("document.querySelectorAll('.pointed').length") > 0, "the schedule is pointed out")
            shoot("curve")
            browser.move(5, 5)
            check(browser.value(hint) == "", "the hint goes away")
            browser.value("document.querySelector('figure circle[data-hint]').focus()")
            check("%" in browser.value(hint), "a focused dot has a hint")
            browser.key("Escape", 27)
            check(browser.value(hint) == "", "Escape hides the hint")

            # Nothing sticks out of the page, on a wide screen or on a narrow one.
            for width in (1100, 400):
                browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
                wide = browser.value("document.documentElement.scrollWidth")
                check(wide <= width, f"the page is {wide} wide on a screen of {width}")
                shoot(f"width-{width}")
            browser.call("Emulation.clearDeviceMetricsOverride")
            browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
            browser.value("scrollTo(0, 0)")
            check(browser.value("getComputedStyle(document.body).backgroundColor") == "rgb(13, 17, 23)", "dark mode is dark")
            shoot("dark")
            browser.value("document.querySelector('h2').scrollIntoView()")
            shoot("dark-details")
            failures.extend(errors(browser.events))
        finally:
            browser.process.kill()
            browser.process.wait()
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
