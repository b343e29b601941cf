"""What can go wrong while sealing. The verifier raises none of these: it answers with a verdict."""

from astra.kernel.errors import IntegrityError, InvalidInput, NotFound, TooLarge, Unavailable


class SealMalformed(InvalidInput):
    """A member of the manifest or of the proof is not what its format says; correct it and seal again."""

    code = "seal_malformed"


class SealTooLarge(TooLarge):
    """The session names too many files or spans for one proof; seal it in parts."""

    code = "seal_too_large"


class OriginInvalid(InvalidInput):
    """The log's origin must be a name without spaces, '+' or control characters, such as example.com/log."""

    code = "log_origin_invalid"


class MasterKeyInvalid(InvalidInput):
    """The master key that protects the signing keys must be 32 random bytes; make one and keep it safe."""

    code = "master_key_invalid"


class SigningKeyUnreadable(IntegrityError):
    """A signing key does not open with this master key; start with the one the deployment was made with."""

    code = "signing_key_unreadable"


class LogEntryNotFound(NotFound):
    """The transparency log has no such entry at that size."""

    code = "log_entry_not_found"


class LogBroken(IntegrityError):
    """Entries are missing from the transparency log; restore its table from a backup before sealing."""

    code = "log_broken"


class SealStoreUnavailable(Unavailable):
    """The database of seals and keys does not answer; try again in a moment."""

    code = "seal_store_unavailable"
