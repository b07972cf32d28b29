"""Chinese and Arabic numerals as values."""

import re

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_DIGITS |= {c: i for i, c in enumerate("壹贰叁肆伍陆柒捌玖", 1)}
_TENS = {"十": 10, "拾": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_CIRCLED = {c: i for i, c in enumerate("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚", 1)}
_CIRCLED |= {c: i for i, c in enumerate("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇", 1)}
_CIRCLED |= {c: i for i, c in enumerate("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛", 1)}
_CIRCLED |= {c: i for i, c in enumerate("❶❷❸❹❺❻❼❽❾❿", 1)}
_CIRCLED |= {c: i for i, c in enumerate("➊➋➌➍➎➏➐➑➒➓", 1)}
_CIRCLED |= {c: i for i, c in enumerate("㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩", 1)}
_CIRCLED |= {c: i for i, c in enumerate("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉", 1)}

_CIRCLED |= {c: i for i, c in enumerate("ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ", 1)}
_CIRCLED |= {c: i for i, c in enumerate("ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ", 1)}

CHINESE = "零〇一二三四五六七八九十百千两"
CIRCLED = "".join(_CIRCLED)
_ARABIC = re.compile(r"\d+")


def chinese_number(text: str) -> int | None:
    """``三十二``, ``两百``, ``二〇二四``, ``三万``, ``廿`` as a number; None for anything else."""
    if not text:
        return None
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total = section = digit = 0
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _TENS:
            section += (digit or 1) * _TENS[c]
            digit = 0
        elif c in _MYRIADS:
            total = (total + section + digit or 1) * _MYRIADS[c]
            section = digit = 0
        else:
            return None
    return total + section + digit


def ordinal(text: str) -> int | None:
    """The number that ``text`` writes, in any of the scripts that headings use."""
    if text in _CIRCLED:
        return _CIRCLED[text]
    if _ARABIC.fullmatch(text):
        return int(text) if len(text) <= 6 else None
    return chinese_number(text)
