"""The pages in Debian's Chromium, driven by Playwright: what only a browser can tell."""
