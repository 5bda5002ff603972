"""Starts the command line: python -m etl COMMAND."""

from __future__ import annotations

import signal

if __name__ == "__main__":
    # Until commands can answer it, Ctrl-C ends the process without a traceback. Where it is ignored it stays so.
    handler = signal.getsignal(signal.SIGINT)
    if handler is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from etl.cli.app import run

    signal.signal(signal.SIGINT, handler)
    run()
