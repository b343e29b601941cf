"""Access tokens as JWT signed with EdDSA (RFC 7519, RFC 8037)."""

from datetime import datetime

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from astra.kernel.ids import TenantId, UserId
from astra.orchestrator.identity.errors import TokenInvalid
from astra.orchestrator.identity.values import Principal, Role

ALGORITHM = "EdDSA"
ISSUER = "astra"
AUDIENCE = "astra-api"
REQUIRED = ("exp", "iss", "aud", "sub", "tenant_id", "email", "role")


class JwtTokens:
    """`TokenIssuer` with one Ed25519 key; the algorithm is pinned, never taken from the token."""

    def __init__(self, seed: bytes) -> None:
        """Take the 32 bytes of the private key."""
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self._private.public_key()

    def issue(self, principal: Principal, expires_at: datetime) -> str:
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "exp": expires_at,
            "sub": principal.user_id,
            "tenant_id": principal.tenant_id,
            "email": principal.email,
            "role": principal.role.value,
        }
        return jwt.encode(claims, self._private, algorithm=ALGORITHM)

    def read(self, token: str, now: datetime) -> Principal:
        try:
            claims = jwt.decode(
                token,
                self._public,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                audience=AUDIENCE,
                options={"require": list(REQUIRED), "verify_exp": False},
            )
            if claims["exp"] <= now.timestamp():
                raise TokenInvalid
            return Principal(
                user_id=UserId(claims["sub"]),
                tenant_id=TenantId(claims["tenant_id"]),
                email=claims["email"],
                role=Role(claims["role"]),
            )
        except (jwt.InvalidTokenError, ValueError) as error:
            raise TokenInvalid from error
