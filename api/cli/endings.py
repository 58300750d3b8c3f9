"""How a command ends: exit codes, and the words for what went wrong."""

import sqlite3
from enum import IntEnum

from api.cli.output import tell


class Exit(IntEnum):
    """Exit codes; the large ones are those of sysexits.h."""

    OK = 0
    FAILED = 1
    WRONG_USAGE = 2
    SOME_BLOCKED = 3
    UNREACHABLE = 75  # Amazon, or the service given by --url; trying later may help
    CONFIGURATION = 78
    INTERRUPTED = 130
    TERMINATED = 143


class CommandFailed(Exception):
    """A command cannot do what it was asked; the message says why, `code` is the exit code."""

    def __init__(self, message: str, *, code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.code = code


def ending_of(error: Exception) -> tuple[Exit, str] | None:
    """Return the exit code and the words for an expected error, None for a defect."""
    from tortoise.exceptions import ConfigurationError as DatabaseConfigurationError
    from tortoise.exceptions import OperationalError

    from api.database import MigrationsPending, WorkerAlreadyRunning
    from api.settings import ConfigurationError
    from domain.errors import DomainError, MarketplaceUnavailable
    from domain.sealing import CannotUnseal

    match error:
        case CommandFailed():
            return error.code, str(error)
        case ConfigurationError() | DatabaseConfigurationError() | CannotUnseal():
            return Exit.CONFIGURATION, str(error)
        case MarketplaceUnavailable():
            return Exit.UNREACHABLE, error.message
        case DomainError() | MigrationsPending() | WorkerAlreadyRunning():
            return Exit.FAILED, str(error)
        case OSError(strerror=str(words)):
            return Exit.FAILED, f"{error.filename}: {words}." if error.filename else f"{words}."
        case OSError() | OperationalError() | sqlite3.OperationalError():
            return Exit.FAILED, f"{error}"
    return None


def end_with(error: Exception, *, with_traceback: bool) -> Exit:
    """Say what went wrong, and return the exit code."""
    if with_traceback:
        import traceback

        tell("".join(traceback.format_exception(error)))
    ending = ending_of(error)
    if ending is None:
        tell(f"A defect ended the command: {type(error).__name__}. Run it again with --debug to see where.")
        return Exit.FAILED
    code, words = ending
    tell(words)
    return code
