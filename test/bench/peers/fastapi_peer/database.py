"""The engine, set up for a transaction pooler: no statement outlives its transaction on either side."""

import json
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

import settings

engine = create_async_engine(
    settings.DATABASE_URL,
    pool_size=settings.POOL_SIZE,
    max_overflow=0,
    pool_timeout=30,
    connect_args={"statement_cache_size": 0, "prepared_statement_cache_size": 0},
    json_serializer=lambda value: json.dumps(value, separators=(",", ":")),
)

_set_actor = text("select set_config('app.actor', :actor, true)")


@asynccontextmanager
async def acting(actor):
    """A transaction whose changes the audit triggers record under this actor."""
    async with engine.begin() as connection:
        await connection.execute(_set_actor, {"actor": json.dumps(actor)})
        yield connection
