"""PostgreSQL's index of words knows the day as well: the newest hits are found among the newest.

A word that stands in one text of a hundred stands in ten thousand of a million: too many to be
looked up and sorted, too few to be met soon by reading texts.  ``searched_day`` is the UTC day of
the publication's ``published_at`` as YYYYMMDD, 0 where that is not known; triggers keep it, so the
program neither reads nor writes it.  In the index stand its year, its month and the day beside the
pairs of characters, which are shorter.  SQLite, whose index names ids, has no need of it.

The functions keep the search path that they were made with: ``pg_restore`` has none, and could not
make the index of a dump again.
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

DAY = """
CREATE FUNCTION search_day(moment timestamptz) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(to_char(moment AT TIME ZONE 'UTC', 'YYYYMMDD')::integer, 0)
$$
"""
BEFORE_INSERT = """
CREATE FUNCTION revisions_searched_day() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    NEW.searched_day := coalesce(
        (SELECT search_day(p.published_at) FROM publications p WHERE p.id = NEW.publication_id),
        NEW.searched_day);
    RETURN NEW;
END
$$
"""
AFTER_UPDATE = """
CREATE FUNCTION publications_searched_day() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE revisions SET searched_day = search_day(NEW.published_at)
    WHERE publication_id = NEW.id AND searched_day <> search_day(NEW.published_at);
    RETURN NULL;
END
$$
"""
TRIGGERS = (
    "CREATE TRIGGER searched_day BEFORE INSERT ON revisions"
    " FOR EACH ROW EXECUTE FUNCTION revisions_searched_day()",
    "CREATE TRIGGER searched_day AFTER UPDATE OF published_at ON publications FOR EACH ROW"
    " WHEN (OLD.published_at IS DISTINCT FROM NEW.published_at)"
    " EXECUTE FUNCTION publications_searched_day()",
    # Also where rows are copied in bulk, with session_replication_role = replica.
    "ALTER TABLE revisions ENABLE ALWAYS TRIGGER searched_day",
)
FILL = """
UPDATE revisions r SET searched_day = search_day(p.published_at)
FROM publications p WHERE p.id = r.publication_id AND p.published_at IS NOT NULL
"""

# The words as since revision 0003.
GRAMS = r"""
CREATE FUNCTION search_grams({arguments}) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 100000{settings} AS $$
DECLARE
    heading text := search_folded(title);
    whole text := search_folded(title || E'\n' || body);
BEGIN
    RETURN string_to_array(whole, NULL)
        || string_to_array(rtrim(regexp_replace(whole, '(..)', E'\\1\x01', 'g'), E'\x01'), E'\x01')
        || string_to_array(
            rtrim(regexp_replace(substr(whole, 2), '(..)', E'\\1\x01', 'g'), E'\x01'), E'\x01')
        || string_to_array(
            rtrim(regexp_replace(heading, '(.)', E'\x02\\1\x01', 'g'), E'\x01'), E'\x01')
        || string_to_array(
            rtrim(regexp_replace(heading, '(..)', E'\x02\\1\x01', 'g'), E'\x01'), E'\x01')
        || string_to_array(
            rtrim(regexp_replace(substr(heading, 2), '(..)', E'\x02\\1\x01', 'g'), E'\x01'),
            E'\x01'){days};
END
$$
"""
DAYS = """
        || ARRAY[lpad((day / 10000)::text, 4, '0'), lpad((day / 100)::text, 6, '0'),
            lpad(day::text, 8, '0')]"""
PATH = " SET search_path FROM CURRENT"
GIN = """
CREATE INDEX ix_revisions_search ON revisions
USING gin (search_grams({columns}) COLLATE "C")
"""


def upgrade() -> None:
    """The day, and the index made anew: half an hour for a million articles."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        return
    for statement in (
        # Else each row's filling goes into it too; a restored dump of before may be without it.
        "DROP INDEX IF EXISTS ix_revisions_search",
        "DROP FUNCTION search_grams(text, text)",
        "ALTER TABLE revisions ADD COLUMN searched_day integer NOT NULL DEFAULT 0",
        DAY,
        FILL,
        BEFORE_INSERT,
        AFTER_UPDATE,
        *TRIGGERS,
        GRAMS.format(arguments="title text, body text, day integer", days=DAYS, settings=PATH),
        GIN.format(columns="title, text, searched_day"),
    ):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Back to the revision before."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        return
    for statement in (
        "DROP INDEX ix_revisions_search",
        "DROP FUNCTION search_grams(text, text, integer)",
        "DROP TRIGGER searched_day ON revisions",
        "DROP TRIGGER searched_day ON publications",
        "DROP FUNCTION revisions_searched_day()",
        "DROP FUNCTION publications_searched_day()",
        "DROP FUNCTION search_day(timestamptz)",
        "ALTER TABLE revisions DROP COLUMN searched_day",
        GRAMS.format(arguments="title text, body text", days="", settings=""),
        GIN.format(columns="title, text"),
    ):
        connection.exec_driver_sql(statement)
