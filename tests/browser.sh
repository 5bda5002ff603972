#!/bin/sh
# Sees to what the browser tests need: Chromium and a font with Chinese letters.
# Debian's own packages where apt is there and we may install; elsewhere the browser that Playwright brings.
set -eu
python=$1
has_browser() { command -v chromium >/dev/null || command -v google-chrome >/dev/null || command -v chromium-browser >/dev/null; }
has_font() { ! command -v fc-list >/dev/null || [ -n "$(fc-list :lang=zh 2>/dev/null | head -n 1)" ]; }
if has_browser && has_font; then exit 0; fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null
elif ! has_browser; then
    "$python" -m playwright install chromium
fi
