"""Stable keys of the metrics that recur across provinces and years."""

import re
from functools import cache

_COUNT = frozenset({"件", "份", "个", "项", "条"})
_TIMES = frozenset({"次", "场", "场次", "项", "个", "批次", "轮", "期", "件"})
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
    ("key_proposals", re.compile(r"^(?!.*入选).*(?:重点|重要)提案"), _COUNT),
    ("group_proposals", re.compile(r"集体提案|党派提案|团体提案|界别提案"), _COUNT),
    ("member_proposals", re.compile(r"委员提案"), _COUNT),
    ("proposals_filed", re.compile(r"(?<!不予)立案|审查立案"), _COUNT),
    (
        "proposals_replied",
        re.compile(r"提案.{0,6}(?:办复|答复|办结)|(?:办复|答复|办结).{0,6}提案"),
        _COUNT,
    ),
    ("proposals_submitted", re.compile(r"^(?!.*(?:转为|撤案|合并|入选|获)).*提案"), _COUNT),
    ("floor_speeches", re.compile(r"大会发言|书面发言"), _TIMES | _TEXTS | _PEOPLE),
    ("speeches", re.compile(r"发言"), _TIMES | _TEXTS),
    ("plenaries", re.compile(r"全体会议|全会"), _TIMES),
    ("standing_committee_meetings", re.compile(r"常委会(?:议|会议)|常务委员会会议"), _TIMES),
    ("chair_meetings", re.compile(r"主席会"), _TIMES),
    (
        "consultations",
        re.compile(r"^(?!.*(?:议题|课题)).*(?:协商(?!平台|室|建议|议事|成果|驿站|点)|议政会)"),
        _TIMES,
    ),
    ("oversight", re.compile(r"民主监督|监督性|监督"), _TIMES),
    ("field_study_reports", re.compile(r"(?:调研|视察|考察)[^,]{0,4}报告"), _TEXTS),
    ("field_studies", re.compile(r"调研"), _VISITS),
    ("inspections", re.compile(r"视察|考察"), _VISITS),
    ("suggestions", re.compile(r"建议"), _TEXTS | _COUNT),
    ("study_sessions", re.compile(r"学习|研讨"), _TIMES),
    ("sector_activities", re.compile(r"界别"), _TIMES),
    ("member_participations", re.compile(r"委员"), frozenset({"人次"})),
)


@cache
def _keys_in(unit: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The metrics that are counted in ``unit``."""
    return tuple((key, pattern) for key, pattern, units in _KEYS if unit in units)


def metric_key(metric: str, unit: str) -> str | None:
    """The stable key of a metric in the text's own words; None where it is none of these."""
    for key, pattern in _keys_in(unit.replace("(次)", "次")):
        if pattern.search(metric):
            return key
    return None
