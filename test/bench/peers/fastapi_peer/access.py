"""Who asks, and what they may do: the token, then the session's state from memory, Redis or the database."""

import json
import time

import jwt
from fastapi import Depends, Request
from redis.asyncio import BlockingConnectionPool, Redis
from sqlalchemy import text

import limits
import settings
from database import engine
from edge import Problem

MEMORY_SECONDS = 2
REDIS_MS = 5000
MOST_REMEMBERED = 5000
AUDIENCE = "defeah-api"
READER = {"campaigns:read", "posts:read"}
EDITOR = READER | {"campaigns:write", "posts:write"}
PERMISSIONS = {
    "owner": EDITOR | {"audit:read"},
    "admin": EDITOR | {"audit:read"},
    "editor": EDITOR,
    "analyst": READER,
    "client": {"posts:read"},
}

redis = Redis(
    connection_pool=BlockingConnectionPool.from_url(
        settings.REDIS_URL, max_connections=20, timeout=1, decode_responses=True
    )
)
public_keys = {key["kid"]: jwt.PyJWK.from_dict(key).key for key in settings.JWKS["keys"]}

_tokens = {}
_states = {}
_find_state = text(
    """
    select
      s.revoked_at is null and s.idle_expires_at > now() and s.absolute_expires_at > now() and u.status = 'active'
        as is_live,
      m.role::text as role
    from user_sessions s
      join users u on u.id = s.user_id
      left join workspaces w on w.id = cast(:workspace_id as uuid) and w.status = 'active'
      left join workspace_members m on m.workspace_id = w.id and m.user_id = s.user_id
    where s.id = cast(:session_id as uuid) and s.user_id = cast(:user_id as uuid)
    """
)


def may(permission):
    """The dependency of a route: the caller's claims, when the caller holds this permission."""

    async def check(request: Request):
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Problem(401, "auth/credentials-required", "A valid access token is required")
        claims = claims_of(token)
        state, levels = await state_of(claims, request.headers.get("cf-connecting-ip", "unknown"))
        request.scope["limits"] = limits.headers(levels)
        if min(levels) < 0:
            raise Problem(429, "request/rate-limited", "Too many requests")
        if not state["is_live"]:
            raise Problem(401, "auth/credentials-required", "A valid access token is required")
        if permission not in PERMISSIONS.get(state["role"], ()):
            raise Problem(403, "permission/denied", "This role may not do that")
        request.scope["log"]["userId"] = claims["sub"]
        request.scope["log"]["workspaceId"] = claims["wid"]
        return claims

    return Depends(check)


def claims_of(token):
    """A good token stays good until it expires, so its signature is verified once."""
    known = _tokens.get(token)
    if known is not None and known["exp"] > time.time():
        return known
    try:
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(
            token,
            public_keys[header["kid"]],
            algorithms=["EdDSA"],
            issuer=settings.ISSUER,
            audience=AUDIENCE,
            leeway=5,
            options={"require": ["sub", "sid", "exp", "iat"]},
        )
    except (jwt.PyJWTError, KeyError):
        raise Problem(401, "auth/credentials-required", "A valid access token is required")
    if header.get("typ") != "at+jwt":
        raise Problem(401, "auth/credentials-required", "A valid access token is required")
    if len(_tokens) >= MOST_REMEMBERED:
        _tokens.clear()
    _tokens[token] = claims
    return claims


async def state_of(claims, address):
    session_id, workspace_id = claims["sid"], claims["wid"]
    key = f"peer:access:{session_id}:{workspace_id}"
    now = time.monotonic()
    known = _states.get(key)
    if known is not None and known[1] > now:
        _, levels = await limits.draw(redis, claims["sub"], address, None)
        return known[0], levels
    stored, levels = await limits.draw(redis, claims["sub"], address, key)
    if stored is not None:
        state = json.loads(stored)
    else:
        async with engine.connect() as connection:
            parameters = {"session_id": session_id, "user_id": claims["sub"], "workspace_id": workspace_id}
            row = (await connection.execute(_find_state, parameters)).one_or_none()
        state = {"is_live": bool(row and row.is_live), "role": row.role if row else None}
        await redis.set(key, json.dumps(state), px=REDIS_MS)
    if len(_states) >= MOST_REMEMBERED:
        _states.clear()
    _states[key] = (state, now + MEMORY_SECONDS)
    return state, levels
