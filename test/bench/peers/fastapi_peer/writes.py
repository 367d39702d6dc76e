"""The audited writes: each in one transaction with its actor and its idempotency record."""

import hashlib
import re
import uuid
from datetime import datetime, timedelta, timezone

from fastapi import APIRouter, Request
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

import shapes
import tables
from access import may
from answers import find, path_id, resource
from database import acting, engine
from edge import Problem, client_network, make_id
from tables import campaigns, idempotency_keys, post_media, posts

router = APIRouter()


@router.post("/v1/posts")
async def create_post(request: Request, body: shapes.NewPost, claims=may("posts:write")):
    post_id = make_id()
    media = [{**item.dict(), "mediaId": str(item.mediaId)} for item in body.media]

    async def effect(connection):
        if body.campaignId is not None:
            parameters = {"workspace_id": claims["wid"], "id": str(body.campaignId)}
            if (await connection.execute(tables.find_campaign, parameters)).one_or_none() is None:
                raise Problem(422, "reference/not-found", "Something that the request names does not exist")
        values = {
            "workspace_id": claims["wid"],
            "id": post_id,
            "user_id": claims["sub"],
            "account_id": text_of(body.accountId),
            "campaign_id": text_of(body.campaignId),
            "kind": body.kind,
            "caption": body.caption,
            "options": body.options,
            "tags": body.tags,
            "content_fingerprint": tables.new_fingerprint(
                claims["wid"], body.caption, [item["mediaId"] for item in media]
            ),
        }
        await connection.execute(insert(posts).values(values))
        if media:
            rows = [
                {
                    "workspace_id": claims["wid"],
                    "post_id": post_id,
                    "position": position,
                    "media_id": item["mediaId"],
                    "alt_text": item["altText"],
                    "user_tags": item["userTags"],
                    "product_tags": item["productTags"],
                }
                for position, item in enumerate(media)
            ]
            await connection.execute(insert(post_media), rows)
        return await shown_post(connection, claims, post_id)

    shown = await once(request, claims, "POST /v1/posts", effect)
    return resource(shown, 201)


@router.patch("/v1/posts/{post_id}")
async def change_post(request: Request, post_id: str, body: shapes.PostChange, claims=may("posts:write")):
    wanted = path_id(post_id, "post/not-found", "No such post")
    versions = versions_to_match(request)
    names = {"caption": "caption", "campaignId": "campaign_id", "accountId": "account_id", "options": "options"}
    changed = body.dict(exclude_unset=True)
    values = {names[name]: text_of(value) for name, value in changed.items()}
    if "caption" in values:
        values["content_fingerprint"] = tables.changed_fingerprint(values["caption"])
    statement = update(posts).where(
        posts.c.workspace_id == claims["wid"], posts.c.id == wanted, posts.c.status.in_(tables.EDITABLE_STATUSES)
    )
    if versions is not None:
        statement = statement.where(posts.c.version.in_(versions))
    statement = statement.values(values).returning(posts.c.id)
    async with acting(actor_of(request, claims)) as connection:
        changed_id = (await connection.execute(statement)).scalar_one_or_none()
        shown = None if changed_id is None else await shown_post(connection, claims, wanted)
    if shown is None:
        if await find(tables.find_post, claims, wanted) is None:
            raise Problem(404, "post/not-found", "No such post")
        raise Problem(412, "request/version-stale", "The resource has changed since")
    return resource(shown)


async def shown_post(connection, claims, post_id):
    parameters = {"workspace_id": claims["wid"], "id": post_id}
    return shapes.post((await connection.execute(tables.find_post, parameters)).one())


@router.post("/v1/campaigns")
async def create_campaign(request: Request, body: shapes.NewCampaign, claims=may("campaigns:write")):
    async def effect(connection):
        values = {
            "workspace_id": claims["wid"],
            "id": make_id(),
            "user_id": claims["sub"],
            "name": body.name.strip(),
            "objective": body.objective,
            "budget_minor": body.budgetMinor,
            "currency": body.currency,
            "starts_on": body.startsOn,
            "ends_on": body.endsOn,
            "utm": body.utm,
        }
        statement = insert(campaigns).values(values).returning(*tables.campaign_columns)
        return shapes.campaign((await connection.execute(statement)).one())

    return resource(await once(request, claims, "POST /v1/campaigns", effect), 201)


async def once(request, claims, route, effect):
    """Runs an effect and records its answer under the request's Idempotency-Key, in one transaction; else replays it."""
    key = request.headers.get("idempotency-key")
    actor = actor_of(request, claims)
    if key is None:
        async with acting(actor) as connection:
            return await effect(connection)
    content = f"{request.method} {request.url.path}\n".encode() + await request.body()
    owner = {"workspace_id": claims["wid"], "principal_id": claims["sub"], "key": key.strip('"')}
    fingerprint = hashlib.sha256(content).hexdigest()
    try:
        async with acting(actor) as connection:
            shown = await effect(connection)
            now = datetime.now(timezone.utc)
            kept = {"created_at": now, "expires_at": now + timedelta(hours=24)}
            record = {**owner, **kept, "route": route, "fingerprint": fingerprint, "status": 201, "response": shown}
            await connection.execute(insert(idempotency_keys).values(record))
        return shown
    except IntegrityError:
        table = idempotency_keys.c
        statement = select(table.fingerprint, table.response).where(
            table.workspace_id == owner["workspace_id"],
            table.principal_id == owner["principal_id"],
            table.key == owner["key"],
            table.expires_at > datetime.now(timezone.utc),
        )
        async with engine.connect() as connection:
            record = (await connection.execute(statement)).one_or_none()
        if record is None:
            raise Problem(409, "request/conflict", "The request conflicts with the current state")
        if record.fingerprint != fingerprint:
            raise Problem(422, "idempotency/key-reused", "This Idempotency-Key belongs to another request")
        return record.response


def actor_of(request, claims):
    return {
        "kind": "user",
        "id": claims["sub"],
        "userId": claims["sub"],
        "sessionId": claims["sid"],
        "workspaceId": claims["wid"],
        "requestId": request.scope["request_id"],
        "address": client_network(request),
    }


def versions_to_match(request):
    header = request.headers.get("if-match")
    if header is None:
        raise Problem(428, "request/version-required", "An If-Match header is required")
    return None if header.strip() == "*" else [int(version) for version in re.findall(r'"v([0-9]{1,9})"', header)]


def text_of(value):
    return str(value) if isinstance(value, uuid.UUID) else value
