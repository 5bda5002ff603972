"""Runs a SELECT that a user wrote (自由查询) on a version, in a sandboxed process."""

from sql.sql_lab.execution import Answer, run_statement
from sql.sql_lab.limits import MAX_LENGTH, StatementError

__all__ = ["MAX_LENGTH", "Answer", "StatementError", "run_statement"]
