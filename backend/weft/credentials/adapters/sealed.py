"""How a credential's data is sealed: bound to its workspace and id, so that a moved row does not open."""

from collections.abc import Mapping
from uuid import UUID

from weft.engine.values import decode, encode
from weft.platform.sealing import SealBroken, Sealer

LABEL = "credentials"


def seal(sealer: Sealer, workspace: UUID, credential_id: UUID, data: Mapping[str, str]) -> bytes:
    """`data` as it is stored."""
    return sealer.seal(encode({"workspace": str(workspace), "id": str(credential_id), "data": data}))


def unseal(sealer: Sealer, workspace: UUID, credential_id: UUID, sealed: bytes) -> dict[str, str]:
    """The data again. Raises SealBroken, also for what was sealed as another credential."""
    content = decode(sealer.open(bytes(sealed)))
    if (content["workspace"], content["id"]) != (str(workspace), str(credential_id)):
        raise SealBroken("This was sealed as another credential.")
    data: dict[str, str] = content["data"]
    return data
