"""A collection of web archives of our own making, as broken as real ones: for back-fills.

    python -m tests.benchmarks.archives FOLDER [--files 20] [--pages 20000] [--planted 200]

Writes FOLDER/*.warc.gz (one .warc, one .warc.zst) of pages of about 50 KB, most of other
subjects, and FOLDER/truth.json: the addresses of the planted publications, how many sound
records and how many broken ones each file has.  The same arguments make the same bytes.
"""

import argparse
import gzip
import html
import json
import random
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import brotli
import zstandard

REGIONS = ("云南", "广西", "四川", "湖南", "甘肃", "吉林", "福建", "山东", "安徽", "青海")
TOPICS = re.split(
    " ",
    "乡村道路 饮水安全 基层医疗 老旧小区 职业教育 湖泊保护 数字经济 养老服务 营商环境 "
    "文化遗产 冷链物流 中医药 民族团结 春耕备耕",
)
DEEDS = ("开展专题调研", "组织委员视察", "召开协商座谈会", "办理重点提案", "报送社情民意信息")
FILLER = re.split(
    " ",
    "今天 记者 市场 价格 天气 交通 比赛 学校 医院 公司 发布 数据 政府 政策 协会 协议 城市 项目 "
    "建设 群众 消息 增长 活动 举行 了解 表示 工作 服务 平台 产品 市民 春节 旅游 企业 发展 技术",
)
PAGE_BYTES = 50_000


@dataclass(slots=True)
class Truth:
    """What was written into one file."""

    sound: int = 0
    broken: int = 0
    planted: list[str] = field(default_factory=list)


def ten_events(number: int, rng: random.Random) -> tuple[str, str]:
    """A list of ten events: title and body."""
    region, year = REGIONS[number % len(REGIONS)], 2010 + number % 12
    items = "".join(
        f"<p>{at}、省政协围绕{rng.choice(TOPICS)}{rng.choice(DEEDS)}，提出建议{rng.randint(3, 90)}"
        f"条，得到有关部门采纳落实，第{number}-{at}号。</p>"
        for at in range(1, 11)
    )
    return (
        f"{region}省政协{year}年十件大事揭晓（第{number}组）",
        f"<p>现将十件大事公布如下。</p>{items}",
    )


def review(number: int, rng: random.Random) -> tuple[str, str]:
    """A review of a year: title and body."""
    region, year = REGIONS[number % len(REGIONS)], 2010 + number % 12
    parts = "".join(
        f"<p>围绕{rng.choice(TOPICS)}，{year}年省政协{rng.choice(DEEDS)}{rng.randint(2, 60)}次，"
        f"委员们深入{rng.choice(REGIONS)}等地，形成报告{rng.randint(1, 30)}份，"
        f"第{number}-{at}节。</p>"
        for at in range(12)
    )
    return f"凝心聚力谱新篇——{region}省政协{year}年工作综述之{number}", parts


def news(number: int, rng: random.Random) -> tuple[str, str]:
    """News of a committee: title and body."""
    region = REGIONS[number % len(REGIONS)]
    parts = "".join(
        f"<p>{rng.randint(1, 28)}日，{region}省政协就{rng.choice(TOPICS)}{rng.choice(DEEDS)}，"
        f"与会委员提出意见建议{rng.randint(2, 40)}条，第{number}-{at}段。</p>"
        for at in range(8)
    )
    return f"{region}省政协召开第{number}次专题协商座谈会", parts


KINDS: tuple[Callable[[int, random.Random], tuple[str, str]], ...] = (ten_events, review, news)


def page(title: str, body: str, rng: random.Random, *, charset: str = "utf-8") -> str:
    """A page of about ``PAGE_BYTES`` round a text, most of it menus and scripts as real ones."""
    menu = "".join(
        f'<li><a href="/c{at}/index.shtml" title="{rng.choice(FILLER)}">{rng.choice(FILLER)}'
        f"{rng.choice(FILLER)}</a></li>"
        for at in range(120)
    )
    script = f"var t=[{','.join(str(rng.randint(1, 10**9)) for _ in range(1800))}];"
    style = "".join(f".m{at}{{margin:0 {at}px;padding:{at}px}}\n" for at in range(300))
    return (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}</title>'
        f"<style>{style}</style></head><body><div class='nav'><ul>{menu}</ul></div>"
        f"<h1>{title}</h1><div class='info'>2019-03-{rng.randint(10, 28)} 09:30 来源：某某日报"
        "</div>"
        f"<div class='content'>{body}</div><script>{script}</script></body></html>"
    )


def filler(number: int, rng: random.Random) -> str:
    """A page of another subject."""
    body = "".join(
        "<p>" + "".join(rng.choices(FILLER, k=40)) + f"，第{number}-{at}条。</p>"
        for at in range(30)
    )
    return page(f"本地新闻第{number}期", body, rng)


def encoded(source: str, how: int) -> bytes:
    """A planted page in one of the encodings and forms that archives hold."""
    match how % 6:
        case 0 | 1:
            return source.encode()
        case 2:
            return source.replace('charset="utf-8"', 'charset="gbk"').encode("gb18030")
        case 3:
            return (
                source.replace('charset="utf-8"', 'charset="big5"')
                .translate(HANT_OF)
                .encode("big5", "xmlcharrefreplace")  # as pages of Taiwan and Hong Kong do
            )
        case 4:
            return source.encode("utf-16")
        case _:
            head, body = source.split("<h1>", 1)
            ascii_only = "".join(c if c < "\x80" else f"&#{ord(c)};" for c in body)
            return f"{head}<h1>{ascii_only}".encode()


HANT_OF = str.maketrans(
    "协务会议审设国华员开调研题组织视办点报送东乡饮医疗业数经济养营环遗产链团结备区览条围绕得关门纳实现将"
    "记体专次们意见与广肃云龙岛线报来个这时为发动说过对学种系还没样应当机号节段综述之凝聚谱篇",
    "協務會議審設國華員開調研題組織視辦點報送東鄉飲醫療業數經濟養營環遺產鏈團結備區覽條圍繞得關門納實現將"
    "記體專次們意見與廣肅雲龍島線報來個這時為發動說過對學種系還沒樣應當機號節段綜述之凝聚譜篇",
)


def answered(body: bytes, how: int) -> bytes:
    """The HTTP answer with a page, in one of the codings that archives hold."""
    headers = ["HTTP/1.1 200 OK", "Content-Type: text/html"]
    match how % 5:
        case 0:
            body, coding = gzip.compress(body, 1), "gzip"
        case 1:
            body, coding = brotli.compress(body, quality=2), "br"
        case 2:
            body, coding = zstandard.compress(body, 1), "zstd"
        case _:
            coding = ""
    if coding:
        headers.append(f"Content-Encoding: {coding}")
    if how % 7 == 0:
        headers.append("Transfer-Encoding: chunked")
        pieces = [body[at : at + 8000] for at in range(0, len(body), 8000)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in pieces) + b"0\r\n\r\n"
    return "\r\n".join(headers).encode() + b"\r\n\r\n" + body


def record(url: str, content: bytes, date: str, kind: str = "response") -> bytes:
    """A WARC record."""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\n"
        f"WARC-Record-ID: <urn:x:{zlib.crc32(content):08x}>\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


def broken(member: bytes, rng: random.Random) -> bytes:
    """A member that no reader can unpack: cut, overwritten, or changed."""
    at = len(member) // 2
    match rng.randint(0, 2):
        case 0:
            return member[: at + 10]
        case 1:
            return member[:at] + b"\x00" * 40 + member[at + 40 :]
        case _:
            return (
                member[:at] + bytes(byte ^ 0x5A for byte in member[at : at + 8]) + member[at + 8 :]
            )


def write(folder: Path, *, files: int, pages: int, planted: int, seed: int = 1) -> dict[str, Truth]:
    """Write the collection; what each file holds, by name."""
    rng = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    fillers = [filler(number, rng).encode() for number in range(60)]
    truths: dict[str, Truth] = {}
    a_file = pages // files
    places = {at * pages // planted: at for at in range(planted)}
    texts: list[tuple[str, str]] = []
    for number in range(files):
        suffix = {1: "warc", 2: "warc.zst"}.get(number, "warc.gz")
        name, truth = f"part-{number:03}.{suffix}", Truth()
        with (folder / name).open("wb") as stream:
            for at in range(number * a_file, (number + 1) * a_file):
                url = f"http://site{at % 37}.example/{at}.html"
                date = f"20{12 + at % 10}-0{1 + at % 9}-11T02:00:{at % 60:02}Z"
                if at in places:
                    which = places[at]
                    if which % 10 < 7 or not texts:  # the others are near-duplicates
                        texts.append(KINDS[which % 3](which, rng))
                        title, body = texts[-1]
                    else:
                        title, body = rng.choice(texts)
                        body = body.replace("委员", "政协委员", 1)
                    content = encoded(page(title, body, rng), which)
                    truth.planted.append(url)
                else:
                    content = fillers[at % len(fillers)].replace(
                        "本地新闻".encode(), f"第{at}版".encode()
                    )
                one = record(url, answered(content, at), date)
                truth.sound += 1
                stream.write(_packed(one, suffix))
                if suffix == "warc.gz" and rng.random() < 0.01:
                    stream.write(broken(_packed(one, suffix), rng))
                    truth.broken += 1
            if number == 0:
                giant = record("http://site.example/video", b"HTTP/1.1 200 OK\r\n"
                               b"Content-Type: text/html\r\n\r\n" + b"<p>" * 35_000_000,
                               "2019-01-01T00:00:00Z")  # fmt: skip
                stream.write(_packed(giant, suffix))
                truth.broken += 1
            if number == files - 1:
                whole = _packed(record("http://site.example/cut", b"x" * 9000, date), suffix)
                stream.write(whole[: len(whole) // 2])
                truth.broken += 1
        truths[name] = truth
    (folder / "truth.json").write_text(
        json.dumps(
            {
                name: {"sound": one.sound, "broken": one.broken, "planted": one.planted}
                for name, one in truths.items()
            }
        )
    )
    return truths


def _packed(one: bytes, suffix: str) -> bytes:
    match suffix:
        case "warc.gz":
            return gzip.compress(one, 1, mtime=0)
        case "warc.zst":
            return zstandard.compress(one, 1)
    return one


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=html.unescape(__doc__ or ""))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--planted", type=int, default=200)
    given = parser.parse_args()
    write(given.folder, files=given.files, pages=given.pages, planted=given.planted)
