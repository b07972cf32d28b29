"""v1_reviews and v1_incidents; who acknowledged an incident; who decided in v1_flags."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# GB/T 2260, as it was at this revision; the whole country has the code that the Ministry of
# Civil Affairs gives it, 100000.
CODES = {
    "全国": "100000", "北京": "110000", "天津": "120000", "河北": "130000", "山西": "140000",
    "内蒙古": "150000", "辽宁": "210000", "吉林": "220000", "黑龙江": "230000", "上海": "310000",
    "江苏": "320000", "浙江": "330000", "安徽": "340000", "福建": "350000", "江西": "360000",
    "山东": "370000", "河南": "410000", "湖北": "420000", "湖南": "430000", "广东": "440000",
    "广西": "450000", "海南": "460000", "重庆": "500000", "四川": "510000", "贵州": "520000",
    "云南": "530000", "西藏": "540000", "陕西": "610000", "甘肃": "620000", "青海": "630000",
    "宁夏": "640000", "新疆": "650000",
}  # fmt: skip

REVIEWS = """
CREATE VIEW v1_reviews AS
SELECT p.id AS publication_id, f.id AS flag_id, p.committee_region AS region,
       p.committee_level, p.committee_name, p.year_from, p.year_to, p.genre, p.title,
       coalesce(p.outlet, s.name) AS outlet, {day} AS published_on, p.url,
       (SELECT count(*) FROM events e WHERE e.publication_id = p.id) AS events,
       (SELECT count(*) FROM figures n WHERE n.publication_id = p.id) AS figures,
       (SELECT count(*) FROM publications c WHERE c.story_id = p.story_id) AS copies,
       f.status, CASE p.committee_region {codes} END AS region_code, p.removed_at,
       p.revision, r.content_sha256
FROM flags f
JOIN publications p ON p.story_id = f.story_id AND p.is_original
JOIN revisions r ON r.publication_id = p.id AND r.revision = p.revision
LEFT JOIN sources s ON s.id = p.source_id
WHERE f.status <> 'dismissed'
"""
# The subject of a missing review is coverage:<region>:<level>:<year>; a year has four digits.
INCIDENTS = """
CREATE VIEW v1_incidents AS
SELECT id, source_id, region,
       CASE WHEN subject LIKE 'coverage:%' THEN CAST({year} AS INTEGER) END AS year,
       failure_class, state, opened_at, acknowledged_at, acknowledged_by, resolved_at,
       reason AS why, note
FROM incidents
"""
FLAGS_BEFORE = """
CREATE VIEW v1_flags AS
SELECT id, publication_id, story_id, genre, score, evidence, raised_at, status,
       decided_at, note FROM flags
"""
FLAGS = FLAGS_BEFORE.replace("note FROM", "note, decided_by FROM")


def upgrade() -> None:
    """Incidents that were acknowledged before name nobody."""
    op.add_column("incidents", sa.Column("acknowledged_by", sa.Text(), nullable=True))
    codes = " ".join(f"WHEN '{name}' THEN '{code}'" for name, code in CODES.items())
    if op.get_bind().dialect.name == "postgresql":
        day = "to_char(p.published_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')"
        year = "right(subject, 4)"
    else:
        day = "date(p.published_at, '+8 hours')"
        year = "substr(subject, -4)"
    op.execute(REVIEWS.format(day=day, codes=codes))
    op.execute(INCIDENTS.format(year=year))
    op.execute("DROP VIEW v1_flags")
    op.execute(FLAGS)


def downgrade() -> None:
    """Back to the revision before."""
    op.execute("DROP VIEW v1_flags")
    op.execute(FLAGS_BEFORE)
    op.execute("DROP VIEW v1_incidents")
    op.execute("DROP VIEW v1_reviews")
    op.drop_column("incidents", "acknowledged_by")
