"""Checkpoints: the text other tools read, signed once, in one form only."""

from base64 import b64decode

import pytest

from astra.guard.checkpoint import Checkpoint, check_origin, key_hash, open_checkpoint, sign_checkpoint
from astra.guard.errors import OriginInvalid, SealMalformed
from astra.guard.merkle import EMPTY_ROOT
from astra.guard.signature import Ed25519Signer

SIGNER = Ed25519Signer(bytes(range(32)))
HEAD = Checkpoint(origin="acta.example/log", size=7, root=EMPTY_ROOT)
NOTE = sign_checkpoint(HEAD, SIGNER)


def test_a_checkpoint_is_three_lines_a_blank_one_and_a_signature_named_after_the_log() -> None:
    origin, size, root, blank, signature, end = NOTE.split("\n")
    assert (origin, size, blank, end) == ("acta.example/log", "7", "", "")
    assert root == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    assert signature.startswith("— acta.example/log ")


def test_key_hash_and_signature_are_those_of_the_go_implementation_of_signed_notes() -> None:
    """The published example of golang.org/x/mod/sumdb/note: verifier key, signer key and signature."""
    public_key = b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
    seed = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    signed = b64decode(
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    )
    assert key_hash("PeterNeumann", public_key) == signed[:4]
    assert Ed25519Signer(seed).public_key == public_key
    assert Ed25519Signer(seed).sign(text.encode()) == signed[4:]


def test_the_example_of_the_specification_is_read_as_a_note_by_a_key_we_do_not_know() -> None:
    example = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa "
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    )
    with pytest.raises(SealMalformed, match="another key"):
        open_checkpoint(example, SIGNER.public_key)


def test_opening_gives_back_what_was_signed() -> None:
    assert open_checkpoint(NOTE, SIGNER.public_key) == HEAD


def test_signing_twice_gives_the_same_note() -> None:
    assert sign_checkpoint(HEAD, SIGNER) == NOTE


@pytest.mark.parametrize("mask", [0x01, 0x20, 0x80])
def test_a_note_with_any_byte_altered_does_not_open(mask: int) -> None:
    raw = NOTE.encode()
    for position in range(len(raw)):
        altered = bytearray(raw)
        altered[position] ^= mask
        with pytest.raises((SealMalformed, UnicodeDecodeError)):
            open_checkpoint(altered.decode(), SIGNER.public_key)


@pytest.mark.parametrize(
    "altered",
    [
        "",
        NOTE + "\n",
        NOTE.rstrip("\n"),
        NOTE + NOTE.splitlines()[-1] + "\n",
        NOTE.replace("\n7\n", "\n07\n"),
        NOTE.replace("\n7\n", "\n7\nextension\n"),
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("— acta.example/log", "— other.example/log"),
        NOTE.replace("\n7\n", f"\n{'9' * 5000}\n"),
    ],
)
def test_a_note_in_any_other_form_does_not_open(altered: str) -> None:
    with pytest.raises(SealMalformed):
        open_checkpoint(altered, SIGNER.public_key)


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\nb", "a\u00a0b", "\ud800", "x" * 256])
def test_an_origin_that_a_note_cannot_carry_is_refused(origin: str) -> None:
    with pytest.raises(OriginInvalid):
        check_origin(origin)
