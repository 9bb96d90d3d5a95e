"""The browser: Debian's, one for all tests of the process, and a page whose every complaint is kept."""

import atexit
import functools
import pathlib
import shutil
import urllib.parse

#: Where pictures of the pages are written.
PICTURES = pathlib.Path(__file__).parents[2] / ".browser"

WIDTHS = (360, 1280, 2560)
HEIGHTS = {360: 780, 1280: 900, 2560: 1300}
SCHEMES = ("light", "dark")

_ARGUMENTS = (
    # It needs rights that a container, or root, has not.
    "--no-sandbox",
    # No other host is found, whatever a page, or the browser for itself, looks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


class MissingError(Exception):
    """There is no browser here; the message is one line that says why."""


@functools.cache
def browser():
    """The started Chromium.

    :raises MissingError: where it, or what drives it, is not installed.
    """
    try:
        import axe_playwright_python  # noqa: F401
        import PIL  # noqa: F401
        from playwright import sync_api
    except ImportError as error:
        raise MissingError(
            f"needs a browser, and {error.name} is not installed: pip install -r"
            " tests/browser/requirements.txt"
        ) from error
    program = shutil.which("chromium")
    if program is None:
        raise MissingError("needs a browser, and there is no chromium: apt install chromium")
    driver = sync_api.sync_playwright().start()
    atexit.register(driver.stop)
    started = driver.chromium.launch(executable_path=program, args=_ARGUMENTS)
    atexit.register(started.close)
    return started


class Visit:
    """A page in a context of its own, and what went wrong on it.

    :ivar page: Playwright's page.
    :ivar complaints: sentences: what the console said, scripts that failed, answers of 400 and above,
        requests that would have left 127.0.0.1, dialogs.
    """

    def __init__(self, width=1280, scheme="light", scripts=True, **more):
        """Opens an empty one."""
        self.context = browser().new_context(
            viewport={"width": width, "height": HEIGHTS[width]},
            color_scheme=scheme,
            java_script_enabled=scripts,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/Berlin",
            **more,
        )
        self.context.set_default_timeout(10_000)
        self.context.set_default_navigation_timeout(30_000)
        self.complaints = []
        self.page = self.context.new_page()
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(f"a script failed: {error}"))
        self.page.on("dialog", self._stopped_by)
        self.page.on("request", self._asked_for)
        self.page.on("response", self._answered)
        self.page.on("requestfailed", self._failed)
        self._may_fail = None

    def __enter__(self):
        """Gives itself."""
        return self

    def __exit__(self, *error):
        """Closes it."""
        self.context.close()

    def take(self):
        """The complaints since it was asked last."""
        taken, self.complaints[:] = list(self.complaints), []
        return taken

    def go(self, address, status=200):
        """Opens an address, which must answer with *status*."""
        self._may_fail = (address, status)
        answer = self.page.goto(address, wait_until="load")
        if answer.status != status:
            self.complaints.append(f"{address} answers {answer.status}, not {status}")
        return self.page

    def resize(self, width, scheme):
        """Makes the window another, as a user might."""
        self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        self.page.emulate_media(color_scheme=scheme)

    def picture(self, name, whole=True):
        """Writes a picture of the page, at most so high that a person would look at all of it."""
        PICTURES.mkdir(exist_ok=True)
        path = PICTURES / f"{name}.png"
        width = self.page.viewport_size["width"]
        height = self.page.evaluate("document.documentElement.scrollHeight") if whole else HEIGHTS[width]
        clip = {"x": 0, "y": 0, "width": width, "height": min(height, 4000)}
        self.page.screenshot(path=path, full_page=True, clip=clip, animations="disabled")
        return path

    def _said(self, message):
        if self._may_fail and self._may_fail[1] >= 400 and "Failed to load resource" in message.text:
            # The answer that was asked for: the browser notes it, and _answered has looked at it.
            return
        self.complaints.append(f"the console says ({message.type}): {message.text[:300]}")

    def _stopped_by(self, dialog):
        self.complaints.append(f"a dialog opened: {dialog.message}")
        dialog.dismiss()

    def _answered(self, response):
        if response.status >= 400 and (response.url, response.status) != self._may_fail:
            self.complaints.append(f"{response.url} answers {response.status}")

    def _failed(self, request):
        # A page that is left, or asks again, gives up what it asked for before.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.url[:200]}: {request.failure}")

    def _asked_for(self, request):
        parts = urllib.parse.urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.complaints.append(f"a request left for {request.url[:200]}")
