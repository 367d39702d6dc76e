"""What the driver tells this process, by environment variables; secrets do not stand in its arguments."""

import json
import os

DATABASE_URL = os.environ["PEER_DATABASE_URL"].replace("postgres://", "postgresql+asyncpg://", 1)
REDIS_URL = os.environ["PEER_REDIS_URL"]
JWKS = json.loads(os.environ["PEER_JWKS"])
ISSUER = os.environ["PEER_ISSUER"]
ORIGINS = [origin for origin in os.environ["PEER_ORIGINS"].split(",") if origin]
POOL_SIZE = int(os.environ["PEER_POOL_SIZE"])
RATE_LIMIT_FACTOR = int(os.environ["PEER_RATE_LIMIT_FACTOR"])
