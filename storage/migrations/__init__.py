"""The schema's revisions, kept by Alembic."""

HEAD = "0028"
"""The newest revision: known here too, so that opening a database needs no Alembic."""
