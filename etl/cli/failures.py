"""Reports what went wrong in one language, and turns it into an exit code. No traceback is printed without --debug."""

from __future__ import annotations

import os
import re
import sys
import traceback
from typing import NoReturn

from typer import TyperException

from sql.errors import InputError, LinliError
from sql.language import pick
from sql.security.escaping import escape_invisible, escape_invisible_lines

EXIT_OK, EXIT_REFUSED, EXIT_USAGE, EXIT_FILES_FAILED, EXIT_INTERRUPTED = 0, 1, 2, 3, 130
# Typer words its usage errors in English only.
_USAGE_ERRORS_ZH = (
    (r"Missing command\.", "缺少命令"),
    (r"No such command (.+?)\. Did you mean (.+)\?", r"没有命令 \1；是不是 \2？"),
    (r"No such command (.+?)\.", r"没有命令 \1"),
    (r"No such option: (\S+) \(Possible options: (.+)\)", r"没有选项 \1；是不是 \2？"),
    (r"No such option: (.+)", r"没有选项 \1"),
    (r"Missing argument (.+?)\..*", r"缺少参数 \1"),
    (r"Missing option (.+?)\..*", r"缺少选项 \1"),
    (r"Option (.+) requires an argument\.", r"选项 \1 需要一个值"),
    (r"Option (.+) does not take a value\.", r"选项 \1 不带值"),
    (r"Got unexpected extra argument\(s\) \((.+)\)", r"多余的参数 \1"),
    (r"Invalid value for (.+?): (.+) is not one of (.+?)\.?", r"\1 的值不对：\2 不是 \3 之一"),
    (r"Invalid value for (.+?): Input should be a valid integer.*", r"\1 的值不对：应为整数"),
    (r"Invalid value for (.+?): (.*)", r"\1 的值不对：\2"),
)


# The message of an unexpected error is one line; the traceback has all of it.
_MAX_MESSAGE_LENGTH = 200
_with_tracebacks = False


def show_tracebacks(is_on: bool) -> None:
    """Sets whether `report` prints the traceback of an error before its message."""
    global _with_tracebacks
    _with_tracebacks = is_on


def report(error: Exception) -> int:
    """Prints one clear message to stderr and returns the exit code for the error."""
    if _with_tracebacks:
        traceback.print_exception(error)
    if isinstance(error, TyperException):
        _print_usage_error(error)
        return error.exit_code
    if isinstance(error, LinliError):
        print_error(error)
        return EXIT_USAGE if isinstance(error, InputError) else EXIT_REFUSED
    if isinstance(error, OSError):
        print_error(file_failure(error))
    elif _is_from_duckdb(error):
        print_error(pick(f"DuckDB：{error}", f"DuckDB: {error}"))
    else:
        print_error(_unexpected(error))
    return EXIT_REFUSED


def print_error(error: Exception | str) -> None:
    """Prints an error to stderr in the chosen language; standard output may be read by another program."""
    message = pick(error.zh, error.en) if isinstance(error, LinliError) else str(error)
    is_one_line = isinstance(error, LinliError) and not error.is_multiline
    escape = escape_invisible if is_one_line else escape_invisible_lines
    print(escape(message), file=sys.stderr, flush=True)


def end_with(error: LinliError) -> NoReturn:
    """Prints an error and ends the process at once: a web server that is starting would add its own traceback."""
    print_error(error)
    os._exit(EXIT_REFUSED)


def file_failure(error: OSError) -> LinliError:
    """Describes a failed read or write."""
    return LinliError(
        f"读写文件失败：{error}；请检查磁盘空间和权限后重试",
        f"reading or writing a file failed: {error}; check the disk space and the permissions, then try again",
    )


def _unexpected(error: Exception) -> LinliError:
    """Describes an error of the product itself."""
    first_line = str(error).partition("\n")[0][:_MAX_MESSAGE_LENGTH]
    what = f"{type(error).__name__}: {first_line}" if first_line else type(error).__name__
    return LinliError(
        f"程序出错（{what}）；请在命令前加 --debug 再运行一次（python -m etl --debug …），把显示的全部内容转给维护人员",
        f"the program failed ({what}); run it again with --debug before the command (python -m etl --debug …) to see "
        "the traceback, and send it to whoever maintains the program",
    )


def _is_from_duckdb(error: Exception) -> bool:
    # A command that failed before it imported DuckDB need not import it for this.
    duckdb = sys.modules.get("duckdb")
    return duckdb is not None and isinstance(error, duckdb.Error)


def _print_usage_error(error: TyperException) -> None:
    """Prints the command's usage line, where to find its help, and what is wrong."""
    context = getattr(error, "ctx", None)
    if context is not None:
        print(context.get_usage(), file=sys.stderr)
        path = f"{context.command_path} --help"
        print(pick(f"用法见 {path}", f"Try '{path}' for help."), file=sys.stderr)
    message = error.format_message().replace(": Value error, ", ": ")
    print_error(pick(f"错误：{_in_chinese(message)}", f"Error: {message}"))


def _in_chinese(message: str) -> str:
    """Translates a message of Typer's; one that is not known stays as it is."""
    for pattern, chinese in _USAGE_ERRORS_ZH:
        if match := re.fullmatch(pattern, message, re.DOTALL):
            return match.expand(chinese)
    return message
