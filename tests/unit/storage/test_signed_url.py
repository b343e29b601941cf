"""A link says exactly what it allows, and until when."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astra.kernel.errors import InvalidInput
from astra.kernel.storage.blob_store import BlobRef, BlobUrlRefused, Bucket
from astra.kernel.storage.signed_url import BlobUrlSigner

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
VERSION = "019a0000-0000-7000-8000-000000000000"
HOUR = timedelta(hours=1)


@dataclass
class FixedClock:
    instant: datetime = NOON

    def now(self) -> datetime:
        return self.instant


def signer(clock: FixedClock | None = None, signing_key: bytes = b"k" * 32) -> BlobUrlSigner:
    return BlobUrlSigner(
        signing_key=signing_key, base_url=lambda: "https://actas.example/", clock=clock or FixedClock()
    )


def ref(key: str = "session/1/a b.ogg") -> BlobRef:
    return BlobRef(bucket=Bucket.RAW, key=key, version_id=VERSION, size_bytes=1, sha256="0" * 64)


def params_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def test_a_link_has_the_bucket_the_key_and_three_parameters() -> None:
    url = signer().sign(ref(), HOUR)

    assert url.startswith("https://actas.example/v1/blobs/raw/session/1/a%20b.ogg?")
    assert params_of(url).keys() == {"version", "expires", "signature"}
    assert params_of(url)["expires"] == str(int((NOON + HOUR).timestamp()))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda key: "/" not in key))
def test_a_link_gives_back_what_it_was_made_for(key: str) -> None:
    url = signer().sign(ref(key), HOUR)

    path = urlsplit(url).path.removeprefix("/v1/blobs/raw/")
    target = signer().verify("raw", unquote(path), params_of(url))

    assert (target.bucket, target.key, target.version_id) == (Bucket.RAW, key, VERSION)


@given(
    bucket=st.sampled_from(["raw", "custody", "", "nowhere"]),
    key=st.sampled_from(["a", "b", ""]) | st.text(max_size=5),
    version=st.sampled_from([VERSION, ""]) | st.text(max_size=5),
    expires=st.sampled_from(["1795266000", "9999999999", "-1", "1e9", "٣"]) | st.text(max_size=5),
    signature=st.sampled_from(["", "0" * 64, "\ud800"]) | st.text(max_size=5),
)
def test_nothing_but_the_signed_link_passes(
    bucket: str, key: str, version: str, expires: str, signature: str
) -> None:
    with pytest.raises(BlobUrlRefused):
        signer().verify(bucket, key, {"version": version, "expires": expires, "signature": signature})


def test_a_signature_does_not_move_between_its_parts() -> None:
    params = params_of(signer().sign(ref("ab"), HOUR))

    with pytest.raises(BlobUrlRefused):
        signer().verify("raw", "a", {**params, "version": "b" + VERSION})


def test_a_link_ends_at_its_second() -> None:
    params = params_of(signer().sign(ref("a"), HOUR))

    signer(FixedClock(NOON + HOUR - timedelta(seconds=1))).verify("raw", "a", params)
    with pytest.raises(BlobUrlRefused, match="expired"):
        signer(FixedClock(NOON + HOUR)).verify("raw", "a", params)


def test_another_key_s_signature_is_refused() -> None:
    params = params_of(signer(signing_key=b"x" * 32).sign(ref("a"), HOUR))

    with pytest.raises(BlobUrlRefused):
        signer().verify("raw", "a", params)


@pytest.mark.parametrize("signing_key", [b"", b"short", b"k" * 31])
def test_a_short_signing_key_is_refused(signing_key: bytes) -> None:
    with pytest.raises(InvalidInput, match="32 bytes"):
        signer(signing_key=signing_key)
