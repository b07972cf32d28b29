"""The names of metrics and topics in Chinese: the closed lists that readings' keys come from.

A key keeps its meaning for ever; a change of meaning makes a new key (docs/reading.md).
"""

import re
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

REGION_CODES: Mapping[str, str] = {
    "全国": "100000", "北京": "110000", "天津": "120000", "河北": "130000", "山西": "140000",
    "内蒙古": "150000", "辽宁": "210000", "吉林": "220000", "黑龙江": "230000", "上海": "310000",
    "江苏": "320000", "浙江": "330000", "安徽": "340000", "福建": "350000", "江西": "360000",
    "山东": "370000", "河南": "410000", "湖北": "420000", "湖南": "430000", "广东": "440000",
    "广西": "450000", "海南": "460000", "重庆": "500000", "四川": "510000", "贵州": "520000",
    "云南": "530000", "西藏": "540000", "陕西": "610000", "甘肃": "620000", "青海": "630000",
    "宁夏": "640000", "新疆": "650000",
}  # fmt: skip
"""Short name of a province: its six digits of GB/T 2260; the whole country has 100000."""

_ENDINGS = re.compile("(?:壮族|回族|维吾尔)?(?:省|市|自治区)$")


def region_of(words: str) -> str | None:
    """The short name that stands for 云南, 云南省, 广西壮族自治区 or 530000; None for no region."""
    given = words.strip()
    for name, code in REGION_CODES.items():
        if given in (name, code) or _ENDINGS.sub("", given) == name:
            return name
    return None


AFTER_NUMBER = frozenset({"余", "多", "来", "左右", "以上", "以下", "上下"})
"""Qualifiers that are printed behind the number; the others stand before it."""


def number(value: float | int | None) -> str:
    """A number with its thousands apart, without digits that say nothing; a dash for none."""
    if value is None:
        return "–"
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def amount(value: float, qualifier: str | None, unit: str) -> str:
    """A figure as it would be printed: 约30,000名, 600多名, 12余场, 87.8%."""
    shown = number(value)
    if qualifier in AFTER_NUMBER:
        return f"{shown}{qualifier}{unit}"
    return f"{qualifier or ''}{shown}{unit}"
