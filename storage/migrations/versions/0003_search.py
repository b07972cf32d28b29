"""The full-text index: FTS5 over character pairs on SQLite, GIN on PostgreSQL.

On SQLite the table keeps no text and no positions, and storage.search.query fills it in the
transaction that stores the words.  On PostgreSQL an index on an expression fills itself.
"""

from alembic import op

from storage.search.index import rebuild_index

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FTS5 = """
CREATE VIRTUAL TABLE search_grams
USING fts5(grams, content='', columnsize=0, detail=none, tokenize='ascii')
"""

# The collation "C" lowers A-Z only, as storage.search.grams does.
FOLDED = r"""
CREATE FUNCTION search_folded(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT translate(lower(normalize(words, NFKC) COLLATE "C"), E'\x01\x02', '  ')
$$
"""

# Pairs from the first character on, then from the second: the engine's own functions do this
# ten times as fast as taking substrings one by one.  The cost keeps the planner from calling
# it for each row instead of using the index.
GRAMS = r"""
CREATE FUNCTION search_grams(title text, body text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 100000 AS $$
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
            E'\x01');
END
$$
"""

GIN = """
CREATE INDEX ix_revisions_search ON revisions
USING gin (search_grams(title, text) COLLATE "C")
"""


def upgrade() -> None:
    """Make the index, and fill it with the words that are stored."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute(FTS5)
        rebuild_index(connection)
    else:
        for statement in (FOLDED, GRAMS, GIN):
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Drop the index; the words themselves are kept elsewhere."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_grams")
    else:
        op.execute("DROP INDEX ix_revisions_search")
        op.execute("DROP FUNCTION search_grams(text, text)")
        op.execute("DROP FUNCTION search_folded(text)")
