"""The workbench: one SELECT that somebody wrote, answered from a version in a process that can do nothing else."""

from sql.workbench.asking import Answer, ask
from sql.workbench.limits import LONGEST, StatementError

__all__ = ["LONGEST", "Answer", "StatementError", "ask"]
