"""WARC: the raw pages as archives keep them, one response record a capture.

The bytes are those after transfer and content encoding, so the headers that told of an
encoding are kept under ``X-Archive-Orig-`` and the length is that of the bytes.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.exports.files import whole_file
from storage.exports.selection import Selection, id_batches
from storage.publications import StoredCapture
from storage.snapshots import get_snapshot
from storage.tables import CaptureRow

ENCODING_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})
REASONS = {200: "OK", 206: "Partial Content", 301: "Moved Permanently", 404: "Not Found"}


def export_warc(session: Session, path: Path, chosen: Selection) -> int:
    """Write the captures of the chosen publications; how many they are.

    Gzipped record by record unless the name ends in ``.warc``.  SnapshotCorruptError when a
    page no longer has its hash.
    """
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    count = 0
    with whole_file(path) as temporary, temporary.open("wb") as stream:
        # 1.1, as 1.0 knows no fractions of a second
        writer = WARCWriter(stream, gzip=path.suffix != ".warc", warc_version="WARC/1.1")
        about = {"software": "cppcc-monitor", "format": "WARC File Format 1.1"}
        writer.write_record(writer.create_warcinfo_record(path.name, about))
        for capture in _captures(session, chosen):
            body = get_snapshot(session, capture.sha256)
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


def _captures(session: Session, chosen: Selection) -> Iterator[StoredCapture]:
    """Every capture of the chosen publications, the pages of one revision in their order."""
    for ids in id_batches(session, chosen):
        rows = session.execute(
            select(
                CaptureRow.revision,
                CaptureRow.url,
                CaptureRow.fetched_at,
                CaptureRow.status,
                CaptureRow.headers,
                CaptureRow.sha256,
            )
            .where(CaptureRow.publication_id.in_(ids))
            .order_by(CaptureRow.publication_id, CaptureRow.revision, CaptureRow.position)
        )
        for row in rows:
            pairs = [pair for pair in row.headers if isinstance(pair, list)]
            yield StoredCapture(
                revision=row.revision,
                url=row.url,
                fetched_at=row.fetched_at,
                status=row.status,
                headers=tuple((str(name), str(value)) for name, value in pairs),
                sha256=row.sha256,
            )
