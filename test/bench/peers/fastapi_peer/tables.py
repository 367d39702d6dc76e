"""The tables as SQLAlchemy sees them, and the statements that are the same at each call."""

from sqlalchemy import (
    BigInteger, Column, Date, DateTime, Integer, MetaData, SmallInteger, Table, Text, bindparam, func, select,
)
from sqlalchemy.dialects.postgresql import ENUM, JSONB, UUID, aggregate_order_by

metadata = MetaData()


def uuid():
    return UUID(as_uuid=False)


def enum(name, *values):
    return ENUM(*values, name=name, create_type=False)


def timestamp():
    return DateTime(timezone=True)


KINDS = ("image", "carousel", "reel", "story")
POST_STATUSES = (
    "draft", "in_review", "changes_requested", "approved", "scheduled", "publishing", "unconfirmed", "published",
    "failed", "missed", "archived",
)
EDITABLE_STATUSES = ("draft", "changes_requested", "failed", "missed")
OBJECTIVES = ("awareness", "engagement", "traffic", "leads", "sales", "other")
CAMPAIGN_STATUSES = ("draft", "active", "completed", "archived")


posts = Table(
    "posts",
    metadata,
    Column("workspace_id", uuid(), primary_key=True),
    Column("id", uuid(), primary_key=True),
    Column("user_id", uuid()),
    Column("account_id", uuid()),
    Column("campaign_id", uuid()),
    Column("kind", enum("post_kind", *KINDS)),
    Column("caption", Text),
    Column("options", JSONB),
    Column("status", enum("post_status", *POST_STATUSES)),
    Column("scheduled_at", timestamp()),
    Column("time_zone", Text),
    Column("published_at", timestamp()),
    Column("permalink", Text),
    Column("version", Integer),
    Column("created_at", timestamp()),
    Column("updated_at", timestamp()),
)

post_media = Table(
    "post_media",
    metadata,
    Column("workspace_id", uuid(), primary_key=True),
    Column("post_id", uuid(), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("media_id", uuid()),
    Column("alt_text", Text),
    Column("user_tags", JSONB),
    Column("product_tags", JSONB),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("workspace_id", uuid(), primary_key=True),
    Column("id", uuid(), primary_key=True),
    Column("user_id", uuid()),
    Column("name", Text),
    Column("objective", enum("campaign_objective", *OBJECTIVES)),
    Column("budget_minor", BigInteger),
    Column("currency", Text),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("status", enum("campaign_status", *CAMPAIGN_STATUSES)),
    Column("utm", JSONB),
    Column("version", Integer),
    Column("created_at", timestamp()),
    Column("updated_at", timestamp()),
)

audit_logs = Table(
    "audit_logs",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("table_name", Text),
    Column("operation", Text),
    Column("row_id", Text),
    Column("workspace_id", uuid()),
    Column("user_id", uuid()),
    Column("actor_kind", Text),
    Column("actor_id", Text),
    Column("session_id", uuid()),
    Column("request_id", Text),
    Column("address", Text),
    Column("old_values", JSONB),
    Column("new_values", JSONB),
    Column("timestamp", timestamp(), primary_key=True),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("workspace_id", uuid(), primary_key=True),
    Column("principal_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("route", Text),
    Column("fingerprint", Text),
    Column("status", SmallInteger),
    Column("response", JSONB),
    Column("created_at", timestamp()),
    Column("expires_at", timestamp()),
)

workspace = bindparam("workspace_id", type_=uuid())
wanted_id = bindparam("id", type_=uuid())
page_size = bindparam("page_size", type_=Integer)

media_of_post = func.coalesce(
    select(
        func.jsonb_agg(
            aggregate_order_by(
                func.jsonb_build_object(
                    "mediaId", post_media.c.media_id,
                    "altText", post_media.c.alt_text,
                    "userTags", post_media.c.user_tags,
                    "productTags", post_media.c.product_tags,
                ),
                post_media.c.position,
            ),
            type_=JSONB,
        )
    )
    .where(post_media.c.workspace_id == posts.c.workspace_id, post_media.c.post_id == posts.c.id)
    .scalar_subquery(),
    func.jsonb_build_array(type_=JSONB),
    type_=JSONB,
).label("media")

post_columns = [column for column in posts.c if column.name != "workspace_id"]
campaign_columns = [column for column in campaigns.c if column.name != "workspace_id"]
audit_columns = [column for column in audit_logs.c if column.name not in ("workspace_id", "address")]

find_post = select(*post_columns, media_of_post).where(posts.c.workspace_id == workspace, posts.c.id == wanted_id)
list_posts = (
    select(*post_columns, media_of_post)
    .where(posts.c.workspace_id == workspace)
    .order_by(posts.c.id.desc())
    .limit(page_size)
)
find_campaign = select(*campaign_columns).where(campaigns.c.workspace_id == workspace, campaigns.c.id == wanted_id)
list_campaigns = (
    select(*campaign_columns)
    .where(campaigns.c.workspace_id == workspace)
    .order_by(campaigns.c.id.desc())
    .limit(page_size)
)
list_audit_logs = (
    select(*audit_columns, func.text(audit_logs.c.address).label("address"))
    .where(audit_logs.c.workspace_id == workspace)
    .order_by(audit_logs.c.timestamp.desc(), audit_logs.c.id.desc())
    .limit(page_size)
)
