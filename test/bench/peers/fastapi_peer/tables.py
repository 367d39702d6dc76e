"""The tables as SQLAlchemy sees them, and the statements that are the same at each call."""

from sqlalchemy import (
    BigInteger, Column, Date, DateTime, Integer, LargeBinary, MetaData, SmallInteger, Table, Text, and_, bindparam,
    func, null, select, text,
)
from sqlalchemy.dialects.postgresql import ARRAY, ENUM, JSON, JSONB, UUID, aggregate_order_by

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
    Column("cover_media_id", uuid()),
    Column("tags", ARRAY(Text)),
    Column("status", enum("post_status", *POST_STATUSES)),
    Column("scheduled_at", timestamp()),
    Column("scheduled_local", DateTime),
    Column("scheduled_fold", SmallInteger),
    Column("time_zone", Text),
    Column("published_at", timestamp()),
    Column("permalink", Text),
    Column("content_fingerprint", LargeBinary),
    Column("content_revision", Integer),
    Column("approved_revision", Integer),
    Column("version", Integer),
    Column("created_at", timestamp()),
    Column("updated_at", timestamp()),
)

instagram_accounts = Table(
    "instagram_accounts",
    metadata,
    Column("workspace_id", uuid(), primary_key=True),
    Column("id", uuid(), primary_key=True),
    Column("login", Text),
    Column("status", Text),
)

media_files = Table(
    "media_files",
    metadata,
    Column("workspace_id", uuid(), primary_key=True),
    Column("id", uuid(), primary_key=True),
    Column("sha256", LargeBinary),
    Column("status", Text),
    Column("width", Integer),
    Column("height", Integer),
    Column("duration_ms", Integer),
    Column("traits", JSONB),
)

media_objects = Table(
    "media_objects",
    metadata,
    Column("workspace_id", uuid(), primary_key=True),
    Column("sha256", LargeBinary, primary_key=True),
    Column("content_type", Text),
    Column("bytes", BigInteger),
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
    Column("goals", JSONB),
    Column("archived_at", timestamp()),
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


def facts_of(files, objects):
    """What is known of a file's bytes."""
    return func.json_build_object(
        "status", files.c.status,
        "contentType", objects.c.content_type,
        "bytes", objects.c.bytes,
        "width", files.c.width,
        "height", files.c.height,
        "durationMs", files.c.duration_ms,
        "traits", files.c.traits,
        type_=JSON,
    )


def object_of(files, objects):
    return and_(objects.c.workspace_id == files.c.workspace_id, objects.c.sha256 == files.c.sha256)


cover_files = media_files.alias("cover_files")
cover_objects = media_objects.alias("cover_objects")

media_of_post = func.coalesce(
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_object(
                    "mediaId", post_media.c.media_id,
                    "altText", post_media.c.alt_text,
                    "userTags", post_media.c.user_tags,
                    "productTags", post_media.c.product_tags,
                    "file", facts_of(media_files, media_objects),
                ),
                post_media.c.position,
            ),
            type_=JSON,
        )
    )
    .select_from(
        post_media.join(
            media_files,
            and_(media_files.c.workspace_id == post_media.c.workspace_id, media_files.c.id == post_media.c.media_id),
        ).outerjoin(media_objects, object_of(media_files, media_objects))
    )
    .where(post_media.c.workspace_id == posts.c.workspace_id, post_media.c.post_id == posts.c.id)
    .scalar_subquery(),
    func.json_build_array(type_=JSON),
    type_=JSON,
).label("media")

# Of SQL that is written out, since there is no better one in Core.
duplicate_of = text(
    """(
    select d.id::text
    from posts d
    where d.workspace_id = posts.workspace_id
      and d.account_id = posts.account_id
      and d.content_fingerprint = posts.content_fingerprint
      and d.id <> posts.id
      and coalesce(d.published_at, d.scheduled_at, d.created_at) > now() - interval '30 days'
    order by d.id desc
    limit 1
    ) as duplicate_of"""
)
file_hash = "coalesce(f.declared_sha256, f.sha256, sha256(uuid_send(f.id)))"


def new_fingerprint(workspace_id, caption, media_ids):
    return text(
        f"""content_fingerprint(:fingerprinted, (
        select string_agg({file_hash}, '' order by i.ordinality)
        from unnest(cast(:fingerprinted_ids as uuid[])) with ordinality i (id, ordinality)
          join media_files f on f.workspace_id = :fingerprinted_in and f.id = i.id
        ))"""
    ).bindparams(
        bindparam("fingerprinted", caption, type_=Text),
        bindparam("fingerprinted_ids", media_ids, type_=ARRAY(Text)),
        bindparam("fingerprinted_in", workspace_id, type_=uuid()),
    )


def changed_fingerprint(caption):
    return text(
        f"""content_fingerprint(:fingerprinted, (
        select string_agg({file_hash}, '' order by m.position)
        from post_media m join media_files f on f.workspace_id = m.workspace_id and f.id = m.media_id
        where m.workspace_id = posts.workspace_id and m.post_id = posts.id
        ))"""
    ).bindparams(bindparam("fingerprinted", caption, type_=Text))


account_of_post = (
    select(
        func.json_build_object(
            "login", instagram_accounts.c.login, "status", instagram_accounts.c.status, type_=JSON
        )
    )
    .where(instagram_accounts.c.workspace_id == posts.c.workspace_id, instagram_accounts.c.id == posts.c.account_id)
    .scalar_subquery()
    .label("account")
)
cover_of_post = (
    select(facts_of(cover_files, cover_objects))
    .select_from(cover_files.outerjoin(cover_objects, object_of(cover_files, cover_objects)))
    .where(cover_files.c.workspace_id == posts.c.workspace_id, cover_files.c.id == posts.c.cover_media_id)
    .scalar_subquery()
    .label("cover")
)

post_columns = [column for column in posts.c if column.name not in ("workspace_id", "content_fingerprint")]
shown_post = select(*post_columns, account_of_post, cover_of_post, media_of_post)
campaign_columns = [column for column in campaigns.c if column.name != "workspace_id"]
audit_columns = [column for column in audit_logs.c if column.name not in ("workspace_id", "address")]

find_post = shown_post.add_columns(duplicate_of).where(posts.c.workspace_id == workspace, posts.c.id == wanted_id)
list_posts = (
    shown_post.add_columns(null().label("duplicate_of"))
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
