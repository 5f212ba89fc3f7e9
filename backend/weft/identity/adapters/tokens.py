"""Access tokens (HS256) and CSRF values, under keys derived from the installation's secrets."""

import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import jwt

from weft.identity.domain import ACCESS_LIFE
from weft.identity.ports import AccessClaims
from weft.kernel.errors import Unauthenticated
from weft.kernel.ids import UserId, WorkspaceId, new_id
from weft.platform.sealing import derive

ISSUER: Final = "weft"
_REQUIRED: Final = ["exp", "iat", "iss", "jti", "sub"]


class SignedTokens:
    """The first secret signs, all of them verify."""

    def __init__(self, secret_keys: tuple[str, ...]) -> None:
        self._access_keys = derive(secret_keys, "access tokens")
        self._csrf_key = derive(secret_keys, "csrf")[0]

    def access(self, user_id: UserId, workspace_id: WorkspaceId, session: UUID, now: datetime) -> str:
        claims = {
            "iss": ISSUER,
            "typ": "access",
            "sub": str(user_id),
            "workspace": str(workspace_id),
            "session": str(session),
            "jti": str(new_id()),
            "iat": int(now.timestamp()),
            "exp": int((now + ACCESS_LIFE).timestamp()),
        }
        return jwt.encode(claims, self._access_keys[0], algorithm="HS256")

    def read_access(self, token: str) -> AccessClaims:
        for key in self._access_keys:
            try:
                return _claims(
                    jwt.decode(token, key, algorithms=["HS256"], issuer=ISSUER, options={"require": _REQUIRED})
                )
            except jwt.InvalidSignatureError:
                continue
            except jwt.ExpiredSignatureError:
                raise Unauthenticated("The access token has expired: sign in again, or use an API key.") from None
            except (jwt.InvalidTokenError, ValueError, TypeError, KeyError):
                break
        raise Unauthenticated("The access token is not valid.")

    def csrf(self, session: UUID) -> str:
        return urlsafe_b64encode(hmac.digest(self._csrf_key, session.bytes, "sha256")).decode().rstrip("=")


def _claims(claims: dict[str, Any]) -> AccessClaims:
    """Raises ValueError, TypeError or KeyError unless all is there in its own type."""
    if claims["typ"] != "access" or type(claims["exp"]) is not int or type(claims["iat"]) is not int:
        raise ValueError("not an access token")
    return AccessClaims(
        UserId(UUID(claims["sub"])),
        WorkspaceId(UUID(claims["workspace"])),
        UUID(claims["session"]),
        datetime.fromtimestamp(claims["exp"], UTC),
    )
