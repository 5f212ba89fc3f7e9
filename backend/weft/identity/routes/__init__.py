"""Sign-in, keys and variables over HTTP."""

from weft.identity.routes.keys import routes as keys
from weft.identity.routes.sessions import routes as sessions
from weft.identity.routes.variables import routes as variables

routers = (sessions, keys, variables)
