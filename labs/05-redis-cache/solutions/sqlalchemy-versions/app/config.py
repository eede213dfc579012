from pydantic import BaseModel
import os


class Config(BaseModel):
    database_url: str
    redis_url: str
    cache_ttl: int = 30


config = Config(
    database_url=os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1),
    redis_url=os.environ["REDIS_URL"],
    cache_ttl=os.environ.get("CACHE_TTL_SECONDS", 30),
)
