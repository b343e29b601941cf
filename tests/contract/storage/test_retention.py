"""What every object store refuses to do to an object in custody."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from astra.kernel.storage.blob_store import BlobRetained, BlobStore, Bucket

DAY = timedelta(days=1)


def test_a_retained_object_is_neither_deleted_nor_overwritten(
    store: BlobStore, prefix: str, years_away: datetime
) -> None:
    ref = store.put(Bucket.CUSTODY, f"{prefix}/acta.docx", b"sealed", retain_until=years_away)

    with pytest.raises(BlobRetained):
        store.delete(Bucket.CUSTODY, ref.key)
    with pytest.raises(BlobRetained):
        store.put(Bucket.CUSTODY, ref.key, b"altered")
    with pytest.raises(BlobRetained):
        store.put(Bucket.CUSTODY, ref.key, b"altered", retain_until=years_away)

    assert store.head(Bucket.CUSTODY, ref.key) == ref
    assert store.get(Bucket.CUSTODY, ref.key) == b"sealed"


def test_the_same_content_again_is_the_same_object(
    store: BlobStore, prefix: str, years_away: datetime
) -> None:
    ref = store.put(Bucket.CUSTODY, f"{prefix}/acta.docx", b"sealed", retain_until=years_away)

    assert store.put(Bucket.CUSTODY, ref.key, b"sealed", retain_until=years_away) == ref
    assert store.put(Bucket.CUSTODY, ref.key, b"sealed", retain_until=years_away - DAY) == ref
    assert store.put(Bucket.CUSTODY, ref.key, b"sealed") == ref
    with pytest.raises(BlobRetained):
        store.delete(Bucket.CUSTODY, ref.key)


def test_retention_ends_with_its_date(
    store: BlobStore, prefix: str, soon: datetime, pass_time: Callable[[timedelta], None]
) -> None:
    key = f"{prefix}/acta.docx"
    store.put(Bucket.CUSTODY, key, b"sealed", retain_until=soon)
    with pytest.raises(BlobRetained):
        store.delete(Bucket.CUSTODY, key)

    pass_time(timedelta(seconds=5))

    store.put(Bucket.CUSTODY, key, b"another")
    assert store.get(Bucket.CUSTODY, key) == b"another"
    store.delete(Bucket.CUSTODY, key)
    assert list(store.keys(Bucket.CUSTODY, prefix)) == []


def test_retention_is_prolonged_and_never_shortened(
    store: BlobStore,
    prefix: str,
    soon: datetime,
    years_away: datetime,
    pass_time: Callable[[timedelta], None],
) -> None:
    ref = store.put(Bucket.CUSTODY, f"{prefix}/acta.docx", b"sealed", retain_until=soon)

    assert store.put(Bucket.CUSTODY, ref.key, b"sealed", retain_until=years_away) == ref
    assert store.put(Bucket.CUSTODY, ref.key, b"sealed", retain_until=soon) == ref
    pass_time(timedelta(seconds=5))

    with pytest.raises(BlobRetained):
        store.delete(Bucket.CUSTODY, ref.key)


def test_one_retained_version_keeps_them_all(store: BlobStore, prefix: str, years_away: datetime) -> None:
    key = f"{prefix}/acta.docx"
    draft = store.put(Bucket.CUSTODY, key, b"draft")
    store.put(Bucket.CUSTODY, key, b"sealed", retain_until=years_away)

    with pytest.raises(BlobRetained):
        store.delete(Bucket.CUSTODY, key)

    assert store.get(Bucket.CUSTODY, key, draft.version_id) == b"draft"
    assert store.get(Bucket.CUSTODY, key) == b"sealed"


def test_a_copy_into_custody_is_retained(store: BlobStore, prefix: str, years_away: datetime) -> None:
    source = store.put(Bucket.RAW, f"{prefix}/000001.ogg", b"sound")
    other = store.put(Bucket.RAW, f"{prefix}/000002.ogg", b"other sound")

    copy = store.copy(source, Bucket.CUSTODY, source.key, retain_until=years_away)

    with pytest.raises(BlobRetained):
        store.delete(Bucket.CUSTODY, copy.key)
    with pytest.raises(BlobRetained):
        store.copy(other, Bucket.CUSTODY, copy.key, retain_until=years_away)
    store.delete(Bucket.RAW, source.key)
    assert store.get(Bucket.CUSTODY, copy.key) == b"sound"
    assert copy.sha256 == hashlib.sha256(b"sound").hexdigest()


def test_copying_into_custody_twice_is_one_object(
    store: BlobStore, prefix: str, years_away: datetime
) -> None:
    source = store.put(Bucket.RAW, f"{prefix}/000001.ogg", b"sound")

    first = store.copy(source, Bucket.CUSTODY, source.key, retain_until=years_away)

    assert store.copy(source, Bucket.CUSTODY, source.key, retain_until=years_away) == first


def test_a_copy_puts_what_was_there_already_under_retention(
    store: BlobStore, prefix: str, years_away: datetime
) -> None:
    source = store.put(Bucket.RAW, f"{prefix}/000001.ogg", b"sound")
    loose = store.copy(source, Bucket.CUSTODY, source.key)

    assert store.copy(source, Bucket.CUSTODY, source.key, retain_until=years_away) == loose

    with pytest.raises(BlobRetained):
        store.delete(Bucket.CUSTODY, source.key)


def test_a_date_that_has_gone_by_retains_nothing(store: BlobStore, prefix: str, years_away: datetime) -> None:
    past = years_away - timedelta(days=3651)
    ref = store.put(Bucket.CUSTODY, f"{prefix}/a", b"sealed", retain_until=past)

    store.delete(Bucket.CUSTODY, ref.key)

    assert list(store.keys(Bucket.CUSTODY, prefix)) == []


def test_the_store_says_what_its_custody_promises(store: BlobStore) -> None:
    assert "custody" in store.custody_promise.statement
