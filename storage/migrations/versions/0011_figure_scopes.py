"""Whose work a figure counts, and one value a committee, year and metric: v1_metrics."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FIGURES_BEFORE = """
CREATE VIEW v1_figures AS
SELECT publication_id, event_ordinal, metric, value, unit, qualifier, sentence,
       key AS metric_key FROM figures
"""
FIGURES = """
CREATE VIEW v1_figures AS
SELECT publication_id, event_ordinal, metric, value, unit, qualifier, sentence,
       key AS metric_key, scope, span_start, span_end, whole FROM figures
"""
# As they were at this revision; storage.vocabulary may move on.
NAMES = {
    "proposals_submitted": "提交提案",
    "proposals_filed": "立案提案",
    "proposals_replied": "办复提案",
    "key_proposals": "重点提案",
    "group_proposals": "集体提案",
    "member_proposals": "委员提案",
    "filing_rate": "提案立案率",
    "reply_rate": "提案办复率",
    "satisfaction_rate": "提案满意率",
    "attendance_rate": "委员参与率",
    "consultations": "协商活动",
    "oversight": "民主监督",
    "field_studies": "调研",
    "inspections": "视察考察",
    "field_study_reports": "调研视察报告",
    "public_opinion_reports": "社情民意信息",
    "instructions": "领导批示",
    "suggestions": "意见建议",
    "plenaries": "全体会议",
    "standing_committee_meetings": "常委会会议",
    "chair_meetings": "主席会议",
    "floor_speeches": "大会发言",
    "speeches": "发言",
    "study_sessions": "学习研讨",
    "sector_activities": "界别活动",
    "member_participations": "委员参加人次",
}
# The rule, as docs/data.md states it: own work, originals, reviews and reports of one year, not
# dismissed; the count of the whole before counts of its kinds; then an exact number before a
# rounded one, a report before a review, the newest.  Numbers that contradict give no value.
METRICS = """
CREATE VIEW v1_metrics AS
WITH stated AS (
    SELECT p.committee_level, p.committee_region, p.committee_name, p.year_from AS year,
           f.key, f.value, f.unit, f.qualifier, f.publication_id, f.sentence, f.position,
           CASE WHEN f.whole THEN 1 ELSE 0 END AS is_whole, p.published_at,
           CASE p.genre WHEN 'work_report' THEN 1 WHEN 'proposal_report' THEN 1
                        WHEN 'annual_review' THEN 2 ELSE 3 END AS standing,
           max(CASE WHEN f.whole THEN 1 ELSE 0 END) OVER (
               PARTITION BY p.committee_level, p.committee_region, p.committee_name,
                            p.year_from, f.key) AS has_whole
    FROM figures f JOIN publications p ON p.id = f.publication_id
    WHERE f.key IS NOT NULL AND f.scope = 'own' AND p.is_original
      AND p.committee_level IS NOT NULL AND p.year_from = p.year_to
      AND p.genre IN ('work_report', 'proposal_report', 'annual_review', 'ten_events')
      AND NOT EXISTS (SELECT 1 FROM flags g
                      WHERE g.story_id = p.story_id AND g.status = 'dismissed')
), told AS (
    SELECT stated.*,
           count(*) OVER one AS statements, min(value) OVER one AS lowest,
           max(value) OVER one AS highest,
           min(CASE WHEN qualifier IS NULL THEN value END) OVER one AS exact_lowest,
           max(CASE WHEN qualifier IS NULL THEN value END) OVER one AS exact_highest,
           row_number() OVER (
               PARTITION BY committee_level, committee_region, committee_name, year, key
               ORDER BY CASE WHEN qualifier IS NULL THEN 0 ELSE 1 END, standing,
                        published_at DESC, publication_id DESC, position) AS place
    FROM stated WHERE is_whole = has_whole
    WINDOW one AS (PARTITION BY committee_level, committee_region, committee_name, year, key)
), judged AS (
    SELECT told.*,
           CASE WHEN has_whole = 0 AND lowest <> highest THEN 'parts'
                WHEN exact_lowest <> exact_highest THEN 'conflict'
                WHEN lowest < 0.9 * exact_lowest OR highest > 1.1 * exact_highest THEN 'conflict'
                WHEN exact_lowest IS NULL AND highest > 1.1 * lowest THEN 'conflict'
                WHEN has_whole = 1 THEN 'total'
                ELSE 'part' END AS rule
    FROM told WHERE place = 1
)
SELECT committee_level, committee_region AS region, committee_name, year, key AS metric_key,
       CASE key {names} ELSE key END AS metric_name_zh,
       CASE WHEN rule IN ('total', 'part') THEN value END AS value, unit,
       CASE WHEN rule IN ('total', 'part') THEN qualifier END AS qualifier,
       CASE WHEN rule IN ('total', 'part') THEN publication_id END AS publication_id,
       CASE WHEN rule IN ('total', 'part') THEN sentence END AS sentence,
       rule, statements, lowest, highest
FROM judged
"""


def upgrade() -> None:
    """Figures of before are taken for the committee's own until they are read again."""
    op.execute("DROP VIEW v1_figures")
    with op.batch_alter_table("figures") as batch:
        batch.add_column(sa.Column("scope", sa.Text(), nullable=False, server_default="own"))
        batch.add_column(
            sa.Column("whole", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.create_check_constraint(
            op.f("ck_figures_scope"), "scope IN ('own', 'national_session', 'part', 'other')"
        )
    op.execute(FIGURES)
    names = " ".join(f"WHEN '{key}' THEN '{name}'" for key, name in NAMES.items())
    op.execute(METRICS.format(names=names))


def downgrade() -> None:
    """Back to the revision before."""
    op.execute("DROP VIEW v1_metrics")
    op.execute("DROP VIEW v1_figures")
    with op.batch_alter_table("figures") as batch:
        batch.drop_constraint(op.f("ck_figures_scope"), type_="check")
        batch.drop_column("whole")
        batch.drop_column("scope")
    op.execute(FIGURES_BEFORE)
