"""Stable keys of the metrics that recur across provinces and years."""

import re
from functools import cache, lru_cache

_COUNT = frozenset({"件", "份", "个", "项", "条"})
_PROPOSALS = frozenset({"件", "份", "项", "条"})  # 个 counts those who make or handle them
_TIMES = frozenset({"次", "场", "场次", "项", "个", "批次", "轮", "期", "件"})
_SITTINGS = _TIMES - {"个", "件"}  # 个 counts the sectors, groups or villages of the clause
_VISITS = frozenset({"次", "场", "场次", "项", "批次", "轮"})
_TEXTS = frozenset({"篇", "条", "件", "份", "期", "篇次"})
_ENDORSED = frozenset({"次", "件次", "条", "人次", "件", "篇", "期", "篇次", "条次", "份"})
_RATE = frozenset({"%"})
_PEOPLE = frozenset({"名", "人", "位", "人次"})

# The first that fits wins: a narrower metric stands before the wider one that it contains.
_KEYS: tuple[tuple[str, re.Pattern[str], frozenset[str]], ...] = (
    ("filing_rate", re.compile(r"立案率(?!.*(?:提高|上升|增长|下降|提升))"), _RATE),
    ("reply_rate", re.compile(r"(?:办复|答复|办结)率(?!.*(?:提高|上升|增长|下降|提升))"), _RATE),
    ("satisfaction_rate", re.compile(r"满意率(?!.*(?:提高|上升|增长|下降|提升))"), _RATE),
    ("attendance_rate", re.compile(r"(?:参与率|出席率|参会率|履职率)"), _RATE),
    ("instructions", re.compile(r"批示|肯定性批示|签批"), _ENDORSED),
    ("public_opinion_reports", re.compile(r"社情民意|民意信息|^(?:报送|编报)?信息$"), _TEXTS),
    (
        "proposals_submitted",
        re.compile(
            r"(?:集体|党派|团体)提案[和与及、]+委员提案|委员提案[和与及、]+(?:集体|党派|团体)提案"
        ),
        _PROPOSALS,
    ),
    ("key_proposals", re.compile(r"^(?!.*入选).*(?:重点|重要)提案"), _COUNT),
    ("group_proposals", re.compile(r"集体提案|党派提案|团体提案|界别提案"), _COUNT),
    ("member_proposals", re.compile(r"委员提案"), _PROPOSALS),
    ("proposals_filed", re.compile(r"(?<!不予)立案|审查立案"), _PROPOSALS),
    (
        "proposals_replied",
        re.compile(r"提案.{0,6}(?:办复|答复|办结)|(?:办复|答复|办结).{0,6}提案"),
        _PROPOSALS,
    ),
    (
        "proposals_submitted",
        re.compile(r"^(?!.*(?:转为|撤案|合并|入选|获|优秀|评选|表彰)).*提案"),
        _PROPOSALS,
    ),
    ("floor_speeches", re.compile(r"大会发言|书面发言"), _TIMES | _TEXTS | _PEOPLE),
    ("speeches", re.compile(r"发言"), _TIMES | _TEXTS),
    ("plenaries", re.compile(r"全体会议|全会"), _TIMES),
    ("standing_committee_meetings", re.compile(r"常委会(?:议|会议)|常务委员会会议"), _TIMES),
    ("chair_meetings", re.compile(r"主席会"), _TIMES),
    (
        "consultations",
        re.compile(
            r"^(?!.*(?:议题|课题|栏目|节目|[相只]隔|最[多少长短]的))"
            r".*(?:协商(?!平台|室|建议|议事|成果|驿站|点)|议政会)"
        ),
        _TIMES,
    ),
    ("oversight", re.compile(r"监督(?!小?组|员|哨|站|平台)"), _TIMES),
    ("field_study_reports", re.compile(r"(?:调研|视察|考察)[^,]{0,4}报告"), _TEXTS),
    ("field_studies", re.compile(r"调研"), _VISITS),
    ("inspections", re.compile(r"视察|考察"), _VISITS),
    (
        "suggestions",
        re.compile(r"^(?!.*(?<!全部)(?<!全部被)(?:采纳|写入|吸收|转化|转为)).*建议"),
        _TEXTS | _COUNT,
    ),
    ("study_sessions", re.compile(r"学习(?!小?组|强国|资料)|研讨"), _SITTINGS),
    ("sector_activities", re.compile(r"界别"), _SITTINGS),
    ("member_participations", re.compile(r"委员"), frozenset({"人次"})),
)


@cache
def _keys_in(unit: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The metrics that are counted in ``unit``."""
    return tuple((key, pattern) for key, pattern, units in _KEYS if unit in units)


_RECUR = 4096
"""Metrics recur: 收到提案, 立案, 办复率 stand in nearly every review."""


@lru_cache(_RECUR)
def metric_key(metric: str, unit: str) -> str | None:
    """The stable key of a metric in the text's own words; None where it is none of these."""
    for key, pattern in _keys_in(unit.replace("(次)", "次")):
        if pattern.search(metric):
            return key
    return None


# The words around a counted noun that make no kind of it.
_AROUND = (
    r"(?:全年|一年来|五年来|共计?|累计|总计|合计|各[类种项级]|精心|设置|开展|组织|举办|召开|举行|收到|征集|汇集|接收|提交|提出|报送|"
    r"编报|反映|收集|形成|撰写|完成|办理|[省市县区州旗]|自治区|全国|全[省市县区州]|政协|委员|各?政协?参加单位|"
    r"提案[者人]|经|审查|予以|获|得到|受到|领导|的|和|、)*"
)
_TAIL = (
    r"(?:数|总数|量|活动|工作|议政|办理|建言|信息|提案|会议?|座谈会?|"
    r"意见|建议|考察|调研|视察|研讨)*"
)
_NOUNS: dict[str, re.Pattern[str]] = {
    key: re.compile(rf"{_AROUND}(?:{noun}){_TAIL}")
    for key, noun in {
        "proposals_submitted": "提案",
        "proposals_filed": "立案|提案立案",
        "proposals_replied": "办复|答复|办结|提案",
        "key_proposals": "重点提案|重要提案",
        "group_proposals": "集体提案|党派团体提案|党派提案",
        "member_proposals": "委员提案|提案",
        "filing_rate": "(?:提案)?立案率",
        "reply_rate": "(?:提案)?(?:办复|答复|办结)率",
        "satisfaction_rate": "满意率",
        "attendance_rate": "(?:参与|出席|参会|履职)率",
        "consultations": "协商",
        "oversight": "民主监督|监督",
        "field_studies": "调研",
        "inspections": "视察|考察",
        "field_study_reports": "(?:调研|视察|考察)+报告",
        "public_opinion_reports": "社情民意|信息",
        "instructions": "(?:肯定性)?批示|签批",
        "suggestions": "意见|建议",
        "plenaries": "全体会议|全会",
        "standing_committee_meetings": "常委会(?:议|会议)|常务委员会会议",
        "chair_meetings": "主席会",
        "floor_speeches": "大会发言",
        "speeches": "发言",
        "study_sessions": "(?:集体)?学习|研讨",
        "sector_activities": "界别",
        "member_participations": "委员|参[加与]",
    }.items()
}


@lru_cache(_RECUR)
def counts_all(key: str | None, metric: str) -> bool:
    """Whether the counted noun is that of the metric itself, and no kind of it.

    协商活动 counts all consultations, 双周协商座谈会 one form of them.
    """
    return key is not None and _NOUNS[key].fullmatch(metric) is not None


_LIMITED = re.compile(
    r"^[【\s]*\d{1,2}月|"  # what happened in one month
    r"(?:围绕|聚焦|针对)(?!中心|大局|党政|全[省市县区州旗盟国])|其中"
)


def is_limited(before: str) -> bool:
    """Whether what stands before a number narrows it to a subject, a month or a share.

    围绕商圈扩容、产业升级等,委员提出提案71件 counts those on these subjects, and not the year's.
    """
    may = "月" in before or "围绕" in before or "聚焦" in before
    may = may or "针对" in before or "其中" in before
    return may and _LIMITED.search(before) is not None
