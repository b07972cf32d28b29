"""Conditions on rows that several rooms ask for in the same words, so that all take one index."""

from sqlalchemy import ColumnElement, and_, or_

from storage.engine.tables import PublicationRow


def of_region(region: str) -> ColumnElement[bool]:
    """That a publication's committee is of a region, or its source where none is named.

    Two conditions of one column each, and no coalesce: so both engines take the indexes.
    """
    row = PublicationRow
    return or_(
        row.committee_region == region, and_(row.committee_region.is_(None), row.region == region)
    )
