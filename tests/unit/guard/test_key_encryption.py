"""Signing keys at rest: only the right master key opens them, and only where they belong."""

import pytest

from astra.guard.errors import MasterKeyInvalid, SigningKeyUnreadable
from astra.guard.key_encryption import KeyCipher

CIPHER = KeyCipher(bytes(32))


def test_a_secret_opens_with_the_master_key_and_context_it_was_sealed_with() -> None:
    assert CIPHER.decrypt(CIPHER.encrypt(b"secret", "tenant:a"), "tenant:a") == b"secret"


def test_the_same_secret_is_never_stored_the_same_way_twice() -> None:
    assert CIPHER.encrypt(b"secret", "tenant:a") != CIPHER.encrypt(b"secret", "tenant:a")


def test_another_master_key_says_what_to_do() -> None:
    with pytest.raises(SigningKeyUnreadable, match="start with the one the deployment was made with"):
        KeyCipher(b"\x01" * 32).decrypt(CIPHER.encrypt(b"secret", "tenant:a"), "tenant:a")


def test_a_key_moved_to_another_council_does_not_open() -> None:
    with pytest.raises(SigningKeyUnreadable):
        CIPHER.decrypt(CIPHER.encrypt(b"secret", "tenant:a"), "tenant:b")


def test_any_altered_byte_is_detected() -> None:
    encrypted = CIPHER.encrypt(b"secret", "tenant:a")
    for position in range(len(encrypted)):
        altered = bytearray(encrypted)
        altered[position] ^= 1
        with pytest.raises(SigningKeyUnreadable):
            CIPHER.decrypt(bytes(altered), "tenant:a")


@pytest.mark.parametrize("length", [0, 11, 12, 20])
def test_what_is_too_short_to_be_a_ciphertext_does_not_open(length: int) -> None:
    with pytest.raises(SigningKeyUnreadable):
        CIPHER.decrypt(bytes(length), "tenant:a")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_master_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(MasterKeyInvalid):
        KeyCipher(bytes(length))
