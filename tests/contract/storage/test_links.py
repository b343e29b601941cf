"""Links that let their holder read one object, and nothing else, until they expire."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import pytest

from astra.kernel.errors import InvalidInput
from astra.kernel.storage.blob_store import BlobNotFound, BlobStore, BlobUrlRefused, Bucket

HOUR = timedelta(hours=1)
Fetch = Callable[[str], bytes]


def test_a_link_reads_the_object(store: BlobStore, prefix: str, fetch: Fetch) -> None:
    key = f"{prefix}/sesión del 3 de mayo + anexo.ogg"
    store.put(Bucket.RAW, key, b"sound")

    assert fetch(store.generate_presigned_url(Bucket.RAW, key, HOUR)) == b"sound"


def test_a_link_reads_the_version_it_was_made_for(store: BlobStore, prefix: str, fetch: Fetch) -> None:
    store.put(Bucket.RAW, f"{prefix}/a", b"first")
    url = store.generate_presigned_url(Bucket.RAW, f"{prefix}/a", HOUR)
    store.put(Bucket.RAW, f"{prefix}/a", b"second")

    assert fetch(url) == b"first"


def test_a_link_expires(
    store: BlobStore, prefix: str, fetch: Fetch, pass_time: Callable[[timedelta], None]
) -> None:
    store.put(Bucket.RAW, f"{prefix}/a", b"sound")
    url = store.generate_presigned_url(Bucket.RAW, f"{prefix}/a", timedelta(seconds=2))
    assert fetch(url) == b"sound"

    pass_time(timedelta(seconds=3.5))

    with pytest.raises(BlobUrlRefused):
        fetch(url)


def test_a_link_whose_query_is_altered_is_refused(store: BlobStore, prefix: str, fetch: Fetch) -> None:
    store.put(Bucket.RAW, f"{prefix}/a", b"sound")
    parts = urlsplit(store.generate_presigned_url(Bucket.RAW, f"{prefix}/a", HOUR))
    query = dict(parse_qsl(parts.query))

    for name, value in query.items():
        last = "1" if value[-1] == "0" else "0"
        for altered in ({**query, name: value[:-1] + last}, {k: v for k, v in query.items() if k != name}):
            with pytest.raises(BlobUrlRefused):
                fetch(urlunsplit(parts._replace(query=urlencode(altered))))


def test_a_link_to_another_key_is_refused(store: BlobStore, prefix: str, fetch: Fetch) -> None:
    store.put(Bucket.RAW, f"{prefix}/mine", b"mine")
    store.put(Bucket.RAW, f"{prefix}/theirs", b"theirs")
    url = store.generate_presigned_url(Bucket.RAW, f"{prefix}/mine", HOUR)

    with pytest.raises(BlobUrlRefused):
        fetch(url.replace("/mine", "/theirs"))


def test_a_link_to_another_bucket_is_refused(store: BlobStore, prefix: str, fetch: Fetch) -> None:
    for bucket in (Bucket.RAW, Bucket.CUSTODY):
        store.put(bucket, f"{prefix}/a", b"sound")
    url = store.generate_presigned_url(Bucket.RAW, f"{prefix}/a", HOUR)
    other = store.generate_presigned_url(Bucket.CUSTODY, f"{prefix}/a", HOUR)

    with pytest.raises(BlobUrlRefused):
        fetch(urlunsplit(urlsplit(other)._replace(query=urlsplit(url).query)))


def test_a_link_to_nothing_is_not_made(store: BlobStore, prefix: str) -> None:
    with pytest.raises(BlobNotFound):
        store.generate_presigned_url(Bucket.RAW, f"{prefix}/nothing", HOUR)


@pytest.mark.parametrize("expiration", [timedelta(0), timedelta(seconds=-1), timedelta(days=7, seconds=1)])
def test_a_link_lasts_from_one_second_to_seven_days(
    store: BlobStore, prefix: str, expiration: timedelta
) -> None:
    store.put(Bucket.RAW, f"{prefix}/a", b"sound")

    with pytest.raises(InvalidInput):
        store.generate_presigned_url(Bucket.RAW, f"{prefix}/a", expiration)


def test_a_link_s_path_is_the_key(store: BlobStore, prefix: str) -> None:
    store.put(Bucket.RAW, f"{prefix}/a b", b"sound")

    url = store.generate_presigned_url(Bucket.RAW, f"{prefix}/a b", HOUR)

    assert urlsplit(url).path.endswith(quote(f"{prefix}/a b"))
