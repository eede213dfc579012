from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str
    upstream_url: str

    @property
    def async_database_url(self) -> str:
        return self.database_url.replace("postgresql://", "postgresql+asyncpg://", 1)


settings = Settings()
