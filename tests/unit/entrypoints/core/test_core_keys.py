import pytest

from astra.bootstrap.core_service import ApiKeyTooShort, api_keys_of
from astra.entrypoints.cli.serve_core import is_loopback
from astra.entrypoints.http.core.api_keys import ApiKeyInvalid, ApiKeys

KEYS = frozenset({"llave-de-la-primera-aplicación", "llave-de-la-segunda-aplicación"})


def test_each_key_opens_and_nothing_else_does() -> None:
    keys = ApiKeys(KEYS)
    for key in KEYS:
        keys.check(key)
    for wrong in (None, "", "llave", "llave-de-la-primera-aplicación ", "\udcff", "x" * 100_000):
        with pytest.raises(ApiKeyInvalid):
            keys.check(wrong)


def test_without_keys_everybody_comes_in() -> None:
    ApiKeys(frozenset()).check(None)


def test_keys_are_read_from_lines_and_lists() -> None:
    text = "# web\nllave-de-la-web-0001 # since May\n\nllave-de-la-app-0001, llave-de-la-app-0002\r\n"
    assert api_keys_of(text) == {"llave-de-la-web-0001", "llave-de-la-app-0001", "llave-de-la-app-0002"}
    assert api_keys_of("# none\n") == frozenset()
    with pytest.raises(ApiKeyTooShort):
        api_keys_of("llave-de-la-web-0001\n1234")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104
        ("::", False),
        ("192.168.1.4", False),
        ("astra.example", False),
        ("", False),
    ],
)
def test_only_addresses_of_this_machine_are_loopback(host: str, *, expected: bool) -> None:
    assert is_loopback(host) is expected
