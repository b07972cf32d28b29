"""JSON from outside: whatever its text is, it becomes a value or one kind of error.

The standard parser answers hostile text in several ways: nesting ends it with RecursionError,
a number of five thousand digits with a plain ValueError, bytes of no charset with a third.
"""

import json


class JsonTextError(ValueError):
    """A text is no JSON that can be taken; ``problem`` says why, without the text."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def parse_json(text: str | bytes) -> object:
    """The value that ``text`` holds.

    :raises JsonTextError: for no JSON, nesting beyond the interpreter's depth, or a number of
        more digits than it converts (4,300 by default).
    """
    try:
        value: object = json.loads(text)
    except RecursionError as error:
        raise JsonTextError("nested too deep") from error
    except ValueError as error:  # no JSON, no charset, too many digits
        raise JsonTextError(str(error)) from error
    return value
