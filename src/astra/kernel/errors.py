"""Errors say what happened and what to do next; they know nothing of HTTP, gRPC or exit codes.

Each error's `code` is stable and machine-readable; its docstring's first line is the message a person
reads when no more precise one is given. Entry points translate the families below, each to one HTTP status
and one exit code.
"""

from typing import ClassVar


class AstraError(Exception):
    """Something inside ASTRA failed; look at the log for its cause."""

    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").partition("\n")[0])


class InvalidInput(AstraError):
    """The input cannot be used as it is; correct it and try again."""

    code = "invalid_input"


class TooLarge(InvalidInput):
    """The input is larger than allowed; send it in smaller parts."""

    code = "too_large"


class Unauthenticated(AstraError):
    """No valid credentials came with the request; sign in again."""

    code = "unauthenticated"


class Forbidden(AstraError):
    """These credentials do not allow this."""

    code = "forbidden"


class NotFound(AstraError):
    """There is nothing with that identifier."""

    code = "not_found"


class Conflict(AstraError):
    """The state of things does not allow this now."""

    code = "conflict"


class Unavailable(AstraError):
    """A service that ASTRA needs does not answer; try again in a moment."""

    code = "unavailable"
    retryable = True


class IntegrityError(AstraError):
    """Something does not match its proof."""

    code = "integrity"
