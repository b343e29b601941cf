"""What every key ring does, wherever it keeps its keys."""

from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

from astra.guard.ports import KeyRing
from astra.guard.signature import is_signed_by


def test_a_key_is_made_at_first_use_and_is_the_same_ever_after(keys: KeyRing) -> None:
    first = keys.signer("tenant:a")
    assert keys.signer("tenant:a").public_key == first.public_key
    assert len(first.public_key) == 32


def test_each_owner_has_a_key_of_its_own(keys: KeyRing) -> None:
    assert keys.signer("tenant:a").public_key != keys.signer("tenant:b").public_key


def test_what_a_signer_signs_verifies_under_its_public_key_only(keys: KeyRing) -> None:
    signer, other = keys.signer("tenant:a"), keys.signer("tenant:b")
    signature = signer.sign(b"manifest")
    assert is_signed_by(signer.public_key, b"manifest", signature)
    assert not is_signed_by(signer.public_key, b"manifest.", signature)
    assert not is_signed_by(other.public_key, b"manifest", signature)


def test_signing_again_gives_the_same_signature(keys: KeyRing) -> None:
    assert keys.signer("tenant:a").sign(b"manifest") == keys.signer("tenant:a").sign(b"manifest")


def test_concurrent_first_uses_agree_on_one_key(keys: KeyRing) -> None:
    with ThreadPoolExecutor(8) as threads:
        signers = list(threads.map(keys.signer, repeat("tenant:a", 24)))
    assert len({signer.public_key for signer in signers}) == 1
