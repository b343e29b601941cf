"""What can go wrong when somebody asks to enter."""

from astra.kernel.errors import Conflict, Forbidden, InvalidInput, Unauthenticated


class SignInRefused(Unauthenticated):
    """The e-mail or the password is not right."""

    code = "sign_in_refused"


class TokenInvalid(Unauthenticated):
    """The access token is missing, altered or expired; sign in again at /auth/token."""

    code = "token_invalid"


class RoleInsufficient(Forbidden):
    """Your role does not allow this; ask an administrator of your council."""

    code = "role_insufficient"


class UserExists(Conflict):
    """There is a user with that e-mail already."""

    code = "user_exists"


class PasswordTooShort(InvalidInput):
    """A password needs at least 12 characters."""

    code = "password_too_short"
