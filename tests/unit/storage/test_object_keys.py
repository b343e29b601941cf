"""Keys become paths that no key can escape, and come back the same."""

from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from astra.kernel.storage.blob_store import BlobKeyInvalid
from astra.kernel.storage.object_keys import can_start_key, decoded_name, object_path, validate_key


def is_valid(key: str) -> bool:
    try:
        validate_key(key)
    except BlobKeyInvalid:
        return False
    return True


texts = st.text(max_size=60) | st.text(alphabet="./@%\\a\n\0 ", max_size=12)
keys = texts.filter(is_valid)


@given(texts)
def test_any_text_is_a_valid_key_or_refused(text: str) -> None:
    try:
        path = object_path(text)
    except BlobKeyInvalid:
        return
    assert not path.is_absolute()
    assert ".." not in path.parts
    assert all(len(part) <= 255 for part in path.parts)
    assert can_start_key(text)


@given(keys)
def test_a_path_gives_its_key_back(key: str) -> None:
    assert "".join(decoded_name(part) for part in object_path(key).parts) == key


@given(keys, keys)
def test_two_keys_never_share_a_path_or_hold_one_another(first: str, second: str) -> None:
    paths = [object_path(first), object_path(second)]
    if first != second:
        assert not paths[0].is_relative_to(paths[1])
        assert not paths[1].is_relative_to(paths[0])


@given(st.lists(keys, min_size=2, max_size=8, unique=True))
def test_walking_the_paths_by_decoded_name_gives_the_keys_in_order(some_keys: list[str]) -> None:
    def decoded(path: PurePosixPath) -> list[str]:
        return [decoded_name(part) for part in path.parts]

    walked = sorted((object_path(key) for key in some_keys), key=decoded)

    assert ["".join(decoded(path)) for path in walked] == sorted(some_keys)
