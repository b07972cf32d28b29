"""WARC: the raw pages as archives keep them, one response record a capture.

The bytes are those after transfer and content encoding, so the headers that told of an
encoding are kept under ``X-Archive-Orig-`` and the length is that of the bytes.
"""

from io import BytesIO
from pathlib import Path

from sqlalchemy.orm import Session

from storage.articles.snapshots import get_snapshot
from storage.errors import SnapshotDroppedError
from storage.exports.files import whole_file
from storage.exports.selection import Selection, id_batches
from storage.publications.reading import StoredCapture, captures_of

ENCODING_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})
REASONS = {200: "OK", 206: "Partial Content", 301: "Moved Permanently", 404: "Not Found"}


def export_warc(session: Session, path: Path, chosen: Selection) -> int:
    """Write the captures of the chosen publications; how many they are.

    Gzipped record by record unless the name ends in ``.warc``.  SnapshotCorruptError when a
    page no longer has its hash; pages that were dropped are left out.
    """
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    count = 0
    with whole_file(path) as temporary, temporary.open("wb") as stream:
        # 1.1, as 1.0 knows no fractions of a second
        writer = WARCWriter(stream, gzip=path.suffix != ".warc", warc_version="WARC/1.1")
        about = {"software": "cppcc-monitor", "format": "WARC File Format 1.1"}
        writer.write_record(writer.create_warcinfo_record(path.name, about))
        for capture in (
            one for ids in id_batches(session, chosen) for one in captures_of(session, ids)
        ):
            try:
                body = get_snapshot(session, capture.sha256)
            except SnapshotDroppedError:  # the words are in every other format
                continue
            status = f"{capture.status} {REASONS.get(capture.status, 'Unknown')}"
            date = capture.fetched_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            record = writer.create_warc_record(
                capture.url,
                "response",
                payload=BytesIO(body),
                length=len(body),
                http_headers=StatusAndHeaders(
                    status, _headers(capture, len(body)), protocol="HTTP/1.1"
                ),
                warc_headers_dict={"WARC-Date": date},
            )
            writer.write_record(record)
            count += 1
    return count


def _headers(capture: StoredCapture, length: int) -> list[tuple[str, str]]:
    kept = [
        (f"X-Archive-Orig-{name}" if name.lower() in ENCODING_HEADERS else name, value)
        for name, value in capture.headers
    ]
    return [*kept, ("Content-Length", str(length))]
