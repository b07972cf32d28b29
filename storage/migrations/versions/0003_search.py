"""The full-text index: FTS5 over character pairs on SQLite, GIN on PostgreSQL.

On SQLite the table keeps no text and no positions; what is stored is indexed here once, as the
program of this revision did it, and from then on in the transaction that stores the words.  On
PostgreSQL an index on an expression fills itself.
"""

import unicodedata

from alembic import op
from sqlalchemy import Connection, text

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

CURRENT_WORDS = text(
    "SELECT p.id, r.title, r.text FROM publications p JOIN revisions r"
    " ON r.publication_id = p.id AND r.revision = p.revision"
    " WHERE p.id > :last ORDER BY p.id LIMIT 500"
)
ADD = text("INSERT INTO search_grams (rowid, grams) VALUES (:id, :grams)")


def folded(words: str) -> str:
    """Words as they were compared with a query at this revision."""
    plain = unicodedata.normalize("NFKC", words).replace("\x01", " ").replace("\x02", " ")
    return plain.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


def grams(words: str) -> list[str]:
    """The distinct UTF-16 units and pairs of units of folded words, in hexadecimal."""
    coded = words.encode("utf-16-be", "surrogatepass").hex()
    units = {coded[start : start + 4] for start in range(0, len(coded), 4)}
    pairs = {coded[start : start + 8] for start in range(0, len(coded) - 4, 4)}
    return sorted(units) + sorted(pairs)


def index_all(connection: Connection) -> None:
    """Index the current words of every publication; a gram of a title is marked ``t``."""
    last = 0
    while rows := connection.execute(CURRENT_WORDS, {"last": last}).all():
        for id_, title, body in rows:
            tokens = grams(folded(f"{title}\n{body}"))
            tokens += [f"t{gram}" for gram in grams(folded(title))]
            connection.execute(ADD, {"id": id_, "grams": " ".join(tokens)})
        last = rows[-1][0]


def upgrade() -> None:
    """Make the index, and fill it with the words that are stored."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute(FTS5)
        index_all(connection)
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
