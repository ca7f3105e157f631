"""What can go wrong apart from a verdict."""


class AssayError(Exception):
    """Any of the below."""


class JudgeError(AssayError):
    """The judging process cannot be started, or ended twice with the same item unanswered."""


class ServerError(AssayError):
    """The server cannot be reached, or refused the request; `status` is its HTTP status, or None."""

    def __init__(self, message, status=None):
        super().__init__(message)
        self.status = status


class TimedOut(AssayError, TimeoutError):
    """The verdicts did not come in the time that the caller gave."""


class VerdictError(AssayError):
    """A verdict is an error where a reward was asked for; `verdicts` are those that are."""

    def __init__(self, message, verdicts):
        super().__init__(message)
        self.verdicts = verdicts
