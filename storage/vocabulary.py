"""The names of metrics in Chinese: the closed list that the readings' keys come from.

A key keeps its meaning for ever; a change of meaning makes a new key (docs/reading.md).
"""

from collections.abc import Mapping

METRIC_NAMES: Mapping[str, str] = {
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
"""Metric key: its name in Chinese, as v1_metrics prints it."""
