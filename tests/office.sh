#!/bin/sh
# Sees to the LibreOffice that opens the briefings, and to what reads its PDF: Debian's own packages where apt is there and we may install.
set -eu
python=$1
if "$python" -m tests.helpers.tools office 2>/dev/null; then exit 0; fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        libreoffice-impress-nogui libreoffice-writer-nogui libreoffice-calc-nogui poppler-utils >/dev/null || true
fi
if "$python" -m tests.helpers.tools office; then exit 0; fi
case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in
    [zZ][hH]*) echo "简报的测试需要 LibreOffice（含 Calc、Writer、Impress）和 poppler-utils，请安装" >&2 ;;
    *) echo "LibreOffice with Calc, Writer and Impress, and poppler-utils, are needed for the tests of briefings: install them" >&2 ;;
esac
exit 1
