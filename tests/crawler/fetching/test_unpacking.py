"""Bodies without their codings: whole, bounded, and refused where they are damaged."""

import gzip
import zlib

import brotli
import pytest
import zstandard

from crawler.errors import BodyRefusedError
from crawler.fetching.unpacking import unpacked
from storage.records import RefusalClass

TEXT = "政协十件大事".encode() * 2_000
PACKED = {
    "gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
    "zstd": zstandard.ZstdCompressor().compress(TEXT),
}


@pytest.mark.parametrize("coding", PACKED)
def test_a_packed_body_is_whole(coding: str) -> None:
    assert unpacked(PACKED[coding], coding, limit=len(TEXT)) == TEXT
    assert unpacked(PACKED[coding], coding.upper(), limit=len(TEXT)) == TEXT


@pytest.mark.parametrize("coding", PACKED)
def test_a_body_over_the_limit_is_too_large(coding: str) -> None:
    with pytest.raises(BodyRefusedError) as raised:
        unpacked(PACKED[coding], coding, limit=len(TEXT) - 1)
    assert raised.value.refusal_class is RefusalClass.TOO_LARGE


@pytest.mark.parametrize("coding", PACKED)
def test_a_cut_body_is_truncated(coding: str) -> None:
    with pytest.raises(BodyRefusedError) as raised:
        unpacked(PACKED[coding][:-8], coding, limit=len(TEXT))
    assert raised.value.refusal_class is RefusalClass.TRUNCATED


def test_bare_deflate_several_members_and_two_codings() -> None:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    bare = packer.compress(TEXT) + packer.flush()
    assert unpacked(bare, "deflate", limit=len(TEXT)) == TEXT
    twice = gzip.compress(TEXT[:300]) + gzip.compress(TEXT[300:])
    assert unpacked(twice, "gzip", limit=len(TEXT)) == TEXT
    assert unpacked(brotli.compress(PACKED["gzip"]), "gzip, br", limit=len(TEXT)) == TEXT
    assert unpacked(TEXT, "identity", limit=len(TEXT)) == TEXT
    assert unpacked(TEXT, "", limit=len(TEXT)) == TEXT
