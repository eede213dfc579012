"""What the environment says."""

import os

DATABASE_URL = os.environ["DATABASE_URL"]
REDIS_URL = os.environ["REDIS_URL"]

# How long anything may stay in Redis.
CACHE_TTL = int(os.environ.get("CACHE_TTL_SECONDS", "30"))
