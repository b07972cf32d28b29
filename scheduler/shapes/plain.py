"""Records as JSON can say them: what every shape is made of."""

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum

from storage.records import SHANGHAI


def plain(value: object) -> object:
    """``value`` as JSON can say it: records as objects, instants as ISO 8601 in Shanghai."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [plain(item) for item in value]
    return value
