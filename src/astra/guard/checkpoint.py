"""The log's signed head: a checkpoint (c2sp.org/tlog-checkpoint) in a signed note (c2sp.org/signed-note).

example.com/log
42
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/log Az3grlgt…
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from astra.guard.errors import OriginInvalid, SealMalformed
from astra.guard.members import decode_base64, encode_base64
from astra.guard.merkle import HASH_BYTES
from astra.guard.ports import Signer
from astra.guard.signature import SIGNATURE_BYTES, is_signed_by

_ED25519_TYPE: Final = b"\x01"  # signature type of c2sp.org/signed-note
_KEY_HASH_BYTES: Final = 4
_ORIGIN: Final = re.compile(r"[^\s+\x00-\x1f\x7f\ud800-\udfff]{1,255}")
_NOTE: Final = re.compile(
    r"(?P<text>(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,15})\n(?P<root>[^\n]+)\n)"
    r"\n— (?P<name>[^\n ]+) (?P<signature>[^\n ]+)\n",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The state of a log: its name, how many entries it holds, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"


def check_origin(origin: str) -> None:
    """Raise `OriginInvalid` unless `origin` can name a log in a signed note."""
    if not _ORIGIN.fullmatch(origin):
        raise OriginInvalid


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> str:
    """Return the signed note over `checkpoint`, with one signature line named after its origin."""
    signature = signer.sign(checkpoint.text.encode())
    prefix = key_hash(checkpoint.origin, signer.public_key)
    return f"{checkpoint.text}\n— {checkpoint.origin} {encode_base64(prefix + signature)}\n"


def open_checkpoint(note: str, public_key: bytes) -> Checkpoint:
    """Read a note that holds one signature, by `public_key`.

    Raises:
        SealMalformed: not a checkpoint, in another form than the one signed, or not signed by that key.
    """
    lines = _NOTE.fullmatch(note)
    if not lines or lines["name"] != lines["origin"] or not _ORIGIN.fullmatch(lines["origin"]):
        raise SealMalformed("the checkpoint is not a signed note with one signature")
    root, signed = decode_base64(lines["root"]), decode_base64(lines["signature"])
    if root is None or len(root) != HASH_BYTES or signed is None:
        raise SealMalformed("the checkpoint's root or signature is not in base64")
    prefix, signature = signed[:_KEY_HASH_BYTES], signed[_KEY_HASH_BYTES:]
    if prefix != key_hash(lines["origin"], public_key) or len(signature) != SIGNATURE_BYTES:
        raise SealMalformed("the checkpoint is signed by another key")
    if not is_signed_by(public_key, lines["text"].encode(), signature):
        raise SealMalformed("the checkpoint's signature does not hold")
    return Checkpoint(origin=lines["origin"], size=int(lines["size"]), root=root)


def key_hash(name: str, public_key: bytes) -> bytes:
    """Return the key ID of c2sp.org/signed-note: four bytes that say which key signed."""
    return sha256(name.encode() + b"\n" + _ED25519_TYPE + public_key).digest()[:_KEY_HASH_BYTES]
