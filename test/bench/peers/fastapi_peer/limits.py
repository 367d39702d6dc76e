"""Rate limits: a token bucket for the user and one for the address, drawn from in the trip to Redis that reads the state."""

import hashlib
import math
import time

from redis.exceptions import NoScriptError

import settings

# The same algorithm as the application's: tokens come back by the second, a refusal takes none.
SCRIPT = """
local bucket = redis.call("HMGET", KEYS[1], "refilledAt", "tokens")
local most, refill, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local refilledAt = tonumber(bucket[1] or now)
local tokens = tonumber(bucket[2] or most)
if now >= refilledAt + 1000 then
  local refills = math.floor((now - refilledAt) / 1000)
  tokens = math.min(most, tokens + refills * refill)
  refilledAt = refilledAt + refills * 1000
end
if tokens < 1 then return -1 end
redis.call("HSET", KEYS[1], "refilledAt", refilledAt, "tokens", tokens - 1)
redis.call("PEXPIRE", KEYS[1], math.ceil((most - tokens + 1) / refill) * 1000)
return tokens - 1
"""
SHA = hashlib.sha1(SCRIPT.encode()).hexdigest()
USER = 600 * settings.RATE_LIMIT_FACTOR
ADDRESS = 6000 * settings.RATE_LIMIT_FACTOR
POLICY = f'"user";q={USER};w=60, "address";q={ADDRESS};w=60'.encode()

_networks = {}


async def draw(redis, user_id, address, key):
    """What the key holds (None: not asked for, or nothing), and the levels of both buckets; -1 is an empty one."""
    now = int(time.time() * 1000)
    buckets = [(f"peer:limit:user:{user_id}", USER), (f"peer:limit:address:{_hashed(address)}", ADDRESS)]
    try:
        value, levels = await _draw(redis, buckets, key, now)
    except NoScriptError:
        await redis.script_load(SCRIPT)
        value, levels = await _draw(redis, buckets, key, now)
    return value, levels


async def _draw(redis, buckets, key, now):
    pipeline = redis.pipeline(transaction=False)
    if key is not None:
        pipeline.get(key)
    for name, most in buckets:
        pipeline.evalsha(SHA, 1, name, most, round(most / 60), now)
    answers = await pipeline.execute()
    return (answers[0], answers[1:]) if key is not None else (None, answers)


def headers(levels):
    def item(name, remaining, most):
        return f'"{name}";r={max(remaining, 0)};t={math.ceil((most - remaining) * 60 / most)}'

    shown = f'{item("user", levels[0], USER)}, {item("address", levels[1], ADDRESS)}'
    return [(b"ratelimit-policy", POLICY), (b"ratelimit", shown.encode())]


def _hashed(address):
    known = _networks.get(address)
    if known is None:
        known = _networks[address] = hashlib.sha256(address.encode()).hexdigest()[:22]
    return known
