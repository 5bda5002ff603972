"""The workbench: one SELECT that somebody wrote, answered from a version in a process that can do nothing else."""

from sql.sql_lab.execution import Answer, run_statement
from sql.sql_lab.limits import MAX_LENGTH, StatementError

__all__ = ["MAX_LENGTH", "Answer", "StatementError", "run_statement"]
