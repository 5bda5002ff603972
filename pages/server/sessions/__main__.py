"""Lists and ends active logins: python -m pages.server.sessions [--lang zh|en] list | end WHO | end --all."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from pages.server.sessions import store
from sql import language
from sql.audit import log
from sql.errors import LinliError
from sql.language import pick


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns 0, or 1 if there is no such login or a file cannot be read or written."""
    arguments = sys.argv[1:] if arguments is None else arguments
    language.choose(arguments, os.environ)
    parser = argparse.ArgumentParser(
        prog="python -m pages.server.sessions", description=pick("列出、结束登录", "Lists and ends active logins")
    )
    parser.add_argument(
        "--lang",
        choices=language.LANGUAGES,
        help=pick("说哪种语言；默认按系统区域设置", "the language of help and messages (default: from the locale)"),
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help=pick("列出在登录中的人", "list who is logged in"))
    ending = commands.add_parser("end", help=pick("结束登录", "end logins"))
    who = ending.add_mutually_exclusive_group(required=True)
    who.add_argument("who", nargs="?", help=pick("list 里的名字", "a name from the list"))
    who.add_argument("--all", action="store_true", help=pick("所有人", "everybody"))
    options = parser.parse_args(arguments)
    if options.command == "end" and not options.all and not options.who.strip():
        parser.error(pick("名字是空的", "the name is empty"))
    try:
        return _list() if options.command == "list" else _end(None if options.all else options.who)
    except LinliError as error:
        print(pick(error.zh, error.en), file=sys.stderr)
        return 1


def _list() -> int:
    for session in sorted(store.active_sessions().values(), key=lambda session: (session.name, session.began_at)):
        began, ends = (
            datetime.fromtimestamp(time).isoformat(sep=" ", timespec="minutes")
            for time in (session.began_at, session.ends_at)
        )
        print(f"{session.name or '?'}\t{began} – {ends}")
    return 0


def _end(who: str | None) -> int:
    # Email addresses are stored in lower case; a provider's number is stored unchanged.
    name = who.lower() if who and "@" in who and ":" not in who else who
    sessions = store.end_all(name)
    if not sessions:
        print(pick("没有这样的登录", "no such login"), file=sys.stderr)
        return 1
    for person, count in sorted(Counter(session.name for session in sessions).items()):
        log.record("change", log.COMMAND_USER, detail={"what": "sessions_ended", "person": person, "sessions": count})
    print(pick(f"已结束 {len(sessions)} 个登录", f"{len(sessions)} logins ended"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
