"""What can be asked of identity."""

from weft.identity.commands.accounts import (
    CreateUser,
    ResetPassword,
    SetUp,
    SignUp,
    create_user,
    reset_password,
    set_up,
    sign_up,
)
from weft.identity.commands.keys import (
    CreateApiKey,
    CreatedApiKey,
    RevokeApiKey,
    TouchApiKey,
    create_api_key,
    revoke_api_key,
    touch_api_key,
)
from weft.identity.commands.sessions import (
    LogIn,
    LogOut,
    RefreshSession,
    log_in,
    log_out,
    refresh_session,
)
from weft.identity.commands.variables import (
    ChangeVariable,
    CreateVariable,
    DeleteVariable,
    change_variable,
    create_variable,
    delete_variable,
)

__all__ = [
    "ChangeVariable", "CreateApiKey", "CreateUser", "CreateVariable", "CreatedApiKey", "DeleteVariable", "LogIn",
    "LogOut", "RefreshSession", "ResetPassword", "RevokeApiKey", "SetUp", "SignUp", "TouchApiKey",
    "change_variable", "create_api_key", "create_user", "create_variable", "delete_variable", "log_in", "log_out",
    "refresh_session", "reset_password", "revoke_api_key", "set_up", "sign_up", "touch_api_key",
]  # fmt: skip
