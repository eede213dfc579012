"""Курсор — JSON в base64: место, на котором кончилась страница."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timezone

from pydantic import AwareDatetime, BaseModel, Field, field_validator


class Place(BaseModel):
    created_at: AwareDatetime
    id: int = Field(ge=1, le=2**63 - 1)

    @field_validator("created_at")
    @classmethod
    def in_this_age(cls, at: datetime) -> datetime:
        if not 1900 < at.year < 2900:
            raise ValueError("not a time of an order")
        return at.astimezone(timezone.utc)

    def encode(self) -> str:
        return urlsafe_b64encode(self.model_dump_json().encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "Place":
        """ValueError, если это не курсор."""
        return cls.model_validate_json(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
