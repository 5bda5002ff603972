#!/bin/sh
# Sees to the Java that Spark needs, 17 or newer: Debian's own package where apt is there and we may install.
set -eu
python=$1
if "$python" -m tests.helpers.tools spark 2>/dev/null; then exit 0; fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq
    for package in openjdk-17-jre-headless default-jre-headless; do
        if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1; then break; fi
    done
fi
if "$python" -m tests.helpers.tools spark; then exit 0; fi
case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in
    [zZ][hH]*) echo "Spark 的测试需要 Java 17 以上，请安装" >&2 ;;
    *) echo "Java 17 or newer is needed for the tests of Spark: install it" >&2 ;;
esac
exit 1
