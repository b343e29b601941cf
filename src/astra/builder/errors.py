"""What can go wrong between a skeleton and a finished acta."""

from astra.kernel.errors import InvalidInput, Unavailable


class SkeletonInvalid(InvalidInput):
    """The skeleton is not a usable DOCX; open it in Word or LibreOffice, save it as .docx and try again."""

    code = "skeleton_invalid"


class SkeletonWithoutPlaceholders(InvalidInput):
    """The skeleton has no content controls; mark its places in Word (Developer > Rich Text), one tag each."""

    code = "skeleton_without_placeholders"


class PagesUnavailable(Unavailable):
    """Page pictures need LibreOffice and it is not here; install it or do without them: the DOCX stands."""

    code = "pages_unavailable"
    retryable = False
