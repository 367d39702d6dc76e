"""What comes in, and how rows go out."""

import base64
import datetime
import json
import uuid
from typing import Dict, List, Literal, Optional

from pydantic import BaseModel, Extra, Field, validator

import rules
from tables import KINDS, OBJECTIVES


class Strict(BaseModel):
    class Config:
        extra = Extra.forbid

    @validator("*")
    def no_nul(cls, value):
        if isinstance(value, str) and "\0" in value:
            raise ValueError("must be well-formed Unicode without U+0000")
        return value


class Media(Strict):
    mediaId: uuid.UUID
    altText: Optional[str] = Field(None, min_length=1, max_length=1000)
    userTags: List[dict] = Field([], max_items=20)
    productTags: List[dict] = Field([], max_items=30)


class NewPost(Strict):
    kind: Literal[KINDS]
    caption: Optional[str] = Field(None, max_length=10000)
    tags: List[str] = Field([], max_items=20)
    campaignId: Optional[uuid.UUID] = None
    accountId: Optional[uuid.UUID] = None
    options: dict = {}
    media: List[Media] = Field([], max_items=10)


class PostChange(Strict):
    caption: Optional[str] = Field(None, max_length=10000)
    campaignId: Optional[uuid.UUID] = None
    accountId: Optional[uuid.UUID] = None
    options: Optional[dict] = None


class NewCampaign(Strict):
    name: str = Field(min_length=1, max_length=200)
    objective: Literal[OBJECTIVES]
    budgetMinor: Optional[int] = Field(None, ge=0, le=2**53 - 1)
    currency: Optional[str] = Field(None, regex="^[A-Z]{3}$")
    startsOn: Optional[datetime.date] = None
    endsOn: Optional[datetime.date] = None
    utm: Dict[str, str] = {}

    @validator("currency", always=True)
    def budget_has_currency(cls, value, values):
        if value is None and values.get("budgetMinor") is not None:
            raise ValueError("a budget needs a currency")
        return value


def instant(value):
    return None if value is None else value.isoformat().replace("+00:00", "Z")


def post(row):
    """A post as it is answered: its row, and what the rules say of it now."""
    options = row.options if row.cover_media_id is None else {**row.options, "coverMediaId": row.cover_media_id}
    shown = {
        "id": row.id,
        "authorId": row.user_id,
        "accountId": row.account_id,
        "account": row.account,
        "campaignId": row.campaign_id,
        "kind": row.kind,
        "caption": row.caption,
        "options": options,
        "cover": row.cover,
        "tags": row.tags,
        "status": row.status,
        "scheduledAt": instant(row.scheduled_at),
        "localTime": None if row.scheduled_local is None else row.scheduled_local.isoformat(),
        "fold": row.scheduled_fold,
        "timeZone": row.time_zone,
        "publishedAt": instant(row.published_at),
        "permalink": row.permalink,
        "media": row.media,
        "contentRevision": row.content_revision,
        "approvedRevision": row.approved_revision,
        "version": row.version,
        "createdAt": instant(row.created_at),
        "updatedAt": instant(row.updated_at),
        "duplicateOf": row.duplicate_of,
    }
    report = rules.report(shown)
    del shown["duplicateOf"]
    return {**shown, **report}


def campaign(row):
    return {
        "id": row.id,
        "userId": row.user_id,
        "name": row.name,
        "objective": row.objective,
        "budgetMinor": row.budget_minor,
        "currency": row.currency,
        "startsOn": None if row.starts_on is None else row.starts_on.isoformat(),
        "endsOn": None if row.ends_on is None else row.ends_on.isoformat(),
        "status": row.status,
        "utm": row.utm,
        "goals": row.goals,
        "archivedAt": instant(row.archived_at),
        "version": row.version,
        "createdAt": instant(row.created_at),
        "updatedAt": instant(row.updated_at),
    }


def audit_log(row):
    return {
        "id": row.id,
        "tableName": row.table_name,
        "operation": row.operation,
        "rowId": row.row_id,
        "userId": row.user_id,
        "actorKind": row.actor_kind,
        "actorId": row.actor_id,
        "sessionId": row.session_id,
        "requestId": row.request_id,
        "address": row.address,
        "oldValues": row.old_values,
        "newValues": row.new_values,
        "timestamp": instant(row.timestamp),
    }


def page(items, limit, key_of):
    data = items[:limit]
    if len(items) <= limit:
        return {"data": data, "nextCursor": None}
    key = json.dumps(key_of(data[-1]), separators=(",", ":")).encode()
    return {"data": data, "nextCursor": base64.urlsafe_b64encode(key).rstrip(b"=").decode()}


def cursor_key(cursor):
    """The sort key in a cursor; ValueError when it is none."""
    return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
