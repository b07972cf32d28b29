"""What each event, and each section of a review, is about: topics and v1_topics."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# As they were at this revision; storage.vocabulary may move on.
NAMES = {
    "consultation": "协商议政",
    "democratic_supervision": "民主监督",
    "proposals": "提案",
    "public_opinion_info": "社情民意",
    "member_study_reading": "委员学习与读书",
    "party_building": "党的建设(政治引领)",
    "grassroots_consultation": "基层协商",
    "members_sectors": "委员履职与界别",
    "institution_building": "机关与制度建设",
    "plenary_and_anniversaries": "大会与换届、纪念",
    "united_front_overseas": "统战、港澳台侨与对外",
    "ethnic_religious": "民族宗教",
    "culture_history": "文化文史",
    "rural_poverty": "乡村振兴与脱贫",
    "epidemic_public_health": "疫情与公共卫生",
    "ecology": "生态环保",
    "business_environment": "营商环境与民营经济",
    "science_digital": "科技与数字",
    "education": "教育",
    "medical_elderly": "医疗养老",
    "urban_livelihood": "城市与交通民生",
    "industry_agriculture": "产业与农业",
    "law_governance": "法治与社会治理",
    "regional_cooperation": "区域协作",
}
TOPICS = """
CREATE VIEW v1_topics AS
SELECT publication_id, event_ordinal, key AS topic_key,
       CASE key {names} ELSE key END AS topic_name_zh, words AS evidence, section
FROM topics
"""


def upgrade() -> None:
    """Publications of before have topics once they are read again."""
    op.create_table(
        "topics",
        sa.Column("publication_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event_ordinal", sa.Integer(), nullable=True),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name="fk_topics_publication_id_publications"
        ),
        sa.PrimaryKeyConstraint("publication_id", "position", name="pk_topics"),
    )
    op.create_index("ix_topics_key_publication_id", "topics", ["key", "publication_id"])
    names = " ".join(f"WHEN '{key}' THEN '{name}'" for key, name in NAMES.items())
    op.execute(TOPICS.format(names=names))


def downgrade() -> None:
    """Back to the revision before."""
    op.execute("DROP VIEW v1_topics")
    op.drop_table("topics")
