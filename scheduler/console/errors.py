"""What a request can end with besides a page; each names its words in the catalogues.

::

    ConsoleError
    ├── RefusedError         the gate lets it go no further
    ├── LoginNeededError     nobody is logged in
    ├── ForbiddenError       this person may not do that
    ├── TooManyLoginsError   wait before the next attempt
    ├── MissingError         there is no such thing
    └── InputError           what was typed cannot be used
"""

from starlette.exceptions import HTTPException


class ConsoleError(HTTPException):
    """Base; an HTTPException, so that Starlette lets it through wherever it is raised."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(status, code)
        self.code = code


class RefusedError(ConsoleError):
    """A request that the gate refuses."""


class LoginNeededError(ConsoleError):
    """Nobody is logged in, or by a token that is nobody's."""

    def __init__(self, code: str) -> None:
        super().__init__(401, code)


class ForbiddenError(ConsoleError):
    """The person who asks may not do that."""

    def __init__(self, code: str) -> None:
        super().__init__(403, code)


class TooManyLoginsError(ConsoleError):
    """Too many logins failed under this name or from this address."""

    def __init__(self) -> None:
        super().__init__(429, "too_many_logins")


class MissingError(ConsoleError):
    """No such thing; ``kind`` and ``key`` say which."""

    def __init__(self, kind: str, key: int | str) -> None:
        super().__init__(404, "missing")
        self.kind = kind
        self.key = key


class InputError(ConsoleError):
    """A value that was typed cannot be used; ``code`` says why, ``field`` which."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(422, code)
        self.field = field
