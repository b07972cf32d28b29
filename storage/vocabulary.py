"""The names of metrics and topics in Chinese: the closed lists that readings' keys come from.

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

TOPIC_NAMES: Mapping[str, str] = {
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
"""Topic key: its name in Chinese, as v1_topics prints it; docs/reading.md says what each holds."""
