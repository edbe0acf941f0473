#!/usr/bin/env python3
"""Uses a report page in headless Chromium: python3 report_in_browser.py PAGE FOLDER

The page must set itself up without an error or a breach of its own policy, ask for nothing, fit a
desktop and a phone, and its dividers and filters must work by keyboard, pointer and touch; without
scripts it must show everything. Screenshots are left in FOLDER. It needs nothing but Chromium: the
browser is spoken to through a pair of pipes.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time


class Browser:
    """Chromium and one page, by the DevTools protocol."""

    def __init__(self, profile):
        to_read, self.output = os.pipe()
        self.input, to_write = os.pipe()

        def connect():
            # Through high numbers: either pipe may have 3 or 4 by chance.
            reading, writing = os.dup2(to_read, 103), os.dup2(to_write, 104)
            os.dup2(reading, 3)
            os.dup2(writing, 4)

        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=connect, close_fds=False, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.rest = b""
        self.number = 0
        self.session = None
        self.events = []
        target = next(
            item for item in self.call("Target.getTargets")["targetInfos"]
            if item["type"] == "page")
        self.session = self.call(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(f"{domain}.enable")

    def receive(self):
        while b"\0" not in self.rest:
            piece = os.read(self.input, 1 << 16)
            if not piece:
                sys.exit("report-in-browser: Chromium ended early")
            self.rest += piece
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        data = json.dumps(request).encode() + b"\0"
        while data:
            data = data[os.write(self.output, data):]
        while True:
            message = self.receive()
            if message.get("id") == self.number:
                if "error" in message:
                    sys.exit(f"report-in-browser: {method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            sys.exit(f"report-in-browser: {expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def open(self, page, width, height, scale=1, phone=False, dark=False, script=True):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=scale, mobile=phone)
        self.call("Emulation.setTouchEmulationEnabled", enabled=phone)
        self.call("Emulation.setScriptExecutionDisabled", value=not script)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.events.clear()
        self.call("Page.navigate", url=page.as_uri())
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self.value("location.protocol + document.readyState") == "file:complete":
                return
            time.sleep(0.05)
        sys.exit("report-in-browser: the page was not ready within a minute")

    def press(self, key, code, number):
        for kind in ["keyDown", "keyUp"]:
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=code,
                      windowsVirtualKeyCode=number)

    def click(self, x, y):
        for kind in ["mousePressed", "mouseReleased"]:
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def screenshot(self, path, whole=True):
        parameters = {}
        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            parameters = {"captureBeyondViewport": True, "clip": {
                "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}
        data = self.call("Page.captureScreenshot", **parameters)["data"]
        path.write_bytes(base64.b64decode(data))


def main():
    page, folder = (pathlib.Path(name).resolve() for name in sys.argv[1:3])
    failures = []

    def check(what, found, expected):
        holds = found == expected
        print(f"{'ok  ' if holds else 'FAIL'} {what}: {found}"
              + ("" if holds else f", expected {expected}"))
        if not holds:
            failures.append(what)

    visible = ("Array.from(document.querySelectorAll('.item'))"
               ".filter(item => item.getClientRects().length > 0)")
    at = "document.querySelector('.pair').style.getPropertyValue('--at')"
    middle = ("(() => { const pair = document.querySelector('.pair');"
              " pair.scrollIntoView({block: 'center'}); const box = pair.getBoundingClientRect();"
              " return [box.left, box.top + box.height / 2, box.width] })()")

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)

        def check_quiet(where):
            browser.value("1")
            noise = [event for event in browser.events if event["method"] in (
                "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")]
            check(f"{where}: errors, messages, breaches of the policy", noise, [])
            requests = {
                event["params"]["request"]["url"].split(",")[0]
                for event in browser.events if event["method"] == "Network.requestWillBeSent"}
            foreign = [url for url in requests
                       if url != page.as_uri() and not url.startswith("data:")]
            check(f"{where}: requests", foreign, [])
            check(f"{where}: wider than the screen",
                  browser.value("document.documentElement.scrollWidth > innerWidth"), False)

        for name, options in {
            "desktop": {"width": 1440, "height": 900},
            "desktop-dark": {"width": 1440, "height": 900, "dark": True},
            "wide": {"width": 1920, "height": 1080},
            "tablet": {"width": 820, "height": 1180},
            "phone": {"width": 390, "height": 844, "scale": 2, "phone": True},
            "phone-dark": {"width": 390, "height": 844, "scale": 2, "phone": True, "dark": True},
        }.items():
            browser.open(page, **options)
            check(f"{name}: ready", browser.value("document.documentElement.dataset.ready"), "yes")
            # What is far below would not have been drawn yet.
            browser.value("document.querySelectorAll('.card').forEach("
                          "card => card.style.contentVisibility = 'visible')")
            browser.value("Promise.all(Array.from(document.images, image => image.decode()))")
            check(f"{name}: pictures not decoded", browser.value(
                "Array.from(document.images).filter(image => !image.naturalWidth).length"), 0)
            browser.screenshot(folder / f"{name}.png")
            check_quiet(name)

        # A phone: the divider goes to where it is touched, and the page can still be scrolled.
        left, top, width = browser.value(middle)
        browser.call("Input.dispatchTouchEvent", type="touchStart",
                     touchPoints=[{"x": left + width / 2, "y": top}])
        for share in [0.6, 0.7, 0.8]:
            browser.call("Input.dispatchTouchEvent", type="touchMove",
                         touchPoints=[{"x": left + width * share, "y": top}])
        browser.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        check("divider by touch", browser.value(at), "80%")

        browser.open(page, 1440, 900)
        check("title", browser.value("document.title"), str(folder / "results"))
        check("scripts in the page", browser.value("document.scripts.length"), 1)
        check("divider at first", browser.value(at), "50%")
        for share in [0.25, 0, 1]:
            left, top, width = browser.value(middle)
            # The last pixel is as far as a pointer gets.
            browser.click(min(left + width * share, left + width - 1), top)
            check(f"divider by pointer at {share}", browser.value(at), f"{round(100 * share)}%")
        browser.value("document.querySelector('.divider').focus()")
        for _ in range(10):
            browser.press("ArrowLeft", "ArrowLeft", 37)
        check("divider by keyboard", browser.value(at), "90%")
        check("label over little of the result is hidden", browser.value(
            "document.querySelector('.pair').classList.contains('hide-right')"), True)
        browser.press("Home", "Home", 36)
        check("divider by the Home key", browser.value(at), "0%")
        browser.value("document.querySelector('.divider').value = 38;"
                      "document.querySelector('.divider').dispatchEvent("
                      "new Event('input', {bubbles: true}))")
        browser.screenshot(folder / "desktop-focus.png", whole=False)

        total = browser.value("document.querySelectorAll('.item').length")
        failed = browser.value("document.querySelectorAll('[data-status=failed]').length")
        check("items at first", browser.value(f"{visible}.length"), total)
        browser.value("document.getElementById('text').focus()")
        browser.call("Input.insertText", text="LETTER")
        check("items with a text", browser.value(f"{visible}.map(item => item.dataset.status)"),
              ["failed"])
        check("count", browser.value("document.getElementById('count').textContent"),
              f"1 of {total}")
        browser.screenshot(folder / "desktop-filtered.png", whole=False)
        browser.call("Input.insertText", text=" nowhere")
        check("items without a match", browser.value(f"{visible}.length"), 0)
        check("word for it", browser.value(
            "document.getElementById('nothing').getClientRects().length"), 1)
        browser.value("const text = document.getElementById('text'); text.value = '';"
                      "text.dispatchEvent(new Event('input')); 0")
        browser.value("document.getElementById('show-all').focus()")
        browser.press("ArrowRight", "ArrowRight", 39)
        check("items that failed", browser.value(f"{visible}.length"), failed)
        check_quiet("in use")

        browser.open(page, 1440, 900, script=False)
        check("without script: ready",
              browser.value("document.documentElement.dataset.ready || ''"), "")
        check("without script: items", browser.value(f"{visible}.length"), total)
        check("without script: pictures side by side", browser.value(
            "(() => { const [after, before] = Array.from(document.querySelectorAll("
            "'.pair:first-child img')).slice(0, 2).map(image => image.getBoundingClientRect());"
            " return before.right <= after.left && before.top === after.top })()"), True)
        browser.value("document.getElementById('show-failed').click()")
        check("without script: items that failed", browser.value(f"{visible}.length"), failed)
        browser.value("document.getElementById('show-all').click()")
        browser.screenshot(folder / "without-script.png", whole=False)

        browser.call("Page.navigate", url="about:blank")
        browser.session = None
        browser.call("Browser.close")
        browser.process.wait(30)

    print(f"screenshots: {folder}/*.png")
    if failures:
        sys.exit(f"report-in-browser: {len(failures)} checks failed")


main()
