"""A flag for outside."""

from scheduler.shapes.plain import plain
from storage.notices.flags import Flag

Shape = dict[str, object]


def flag_json(flag: Flag) -> Shape:
    """A flag with its publication; ``flag`` and ``publication`` are the ids of both.

    A bare ``id`` beside another thing's id is misread sooner or later, so both have a name of
    their own; ``id`` and ``publication_id`` say the same.
    """
    shape = plain(flag)
    assert isinstance(shape, dict)  # a record is an object
    named = {"flag": flag.id, "publication": flag.publication_id}
    return shape | named | {"confidence": flag.confidence.value}
