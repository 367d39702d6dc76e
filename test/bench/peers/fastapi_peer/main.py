"""The endpoints of the bench's mix on FastAPI, SQLAlchemy and asyncpg: same JSON, same tables, same triggers."""

import datetime
import uuid

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from sqlalchemy import tuple_

import settings
import shapes
import tables
import writes
from access import may
from answers import answer_page, before_id, cursor_key, fetch, find, path_id, resource
from edge import Edge, Problem, answer_invalid, answer_problem
from tables import audit_logs, campaigns, posts

app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
app.add_middleware(
    CORSMiddleware, allow_origins=settings.ORIGINS, allow_methods=["GET", "POST", "PATCH"], allow_headers=["*"]
)
app.add_middleware(Edge)
app.add_exception_handler(Problem, answer_problem)
app.add_exception_handler(RequestValidationError, answer_invalid)
app.include_router(writes.router)

Limit = Query(20, ge=1, le=100)
Cursor = Query(None, max_length=512)


@app.get("/v1/posts")
async def list_posts(
    request: Request,
    limit: int = Limit,
    cursor: str = Cursor,
    status: str = None,
    campaignId: uuid.UUID = None,
    claims=may("posts:read"),
):
    return await posts_page(request, claims, limit, cursor, status, campaignId)


@app.get("/v1/campaigns/{campaign_id}/posts")
async def list_campaign_posts(
    request: Request, campaign_id: str, limit: int = Limit, cursor: str = Cursor, claims=may("posts:read")
):
    wanted = path_id(campaign_id, "campaign/not-found", "No such campaign")
    return await posts_page(request, claims, limit, cursor, None, wanted)


@app.get("/v1/posts/{post_id}")
async def get_post(post_id: str, claims=may("posts:read")):
    wanted = path_id(post_id, "post/not-found", "No such post")
    row = await find(tables.find_post, claims, wanted)
    if row is None:
        raise Problem(404, "post/not-found", "No such post")
    return resource(shapes.post(row))


@app.get("/v1/campaigns")
async def list_campaigns(
    request: Request, limit: int = Limit, cursor: str = Cursor, status: str = None, claims=may("campaigns:read")
):
    statement = before_id(tables.list_campaigns, campaigns, cursor)
    if status is not None:
        statement = statement.where(campaigns.c.status == status)
    rows = await fetch(statement, claims, limit)
    page = shapes.page([shapes.campaign(row) for row in rows], limit, lambda item: ["campaigns", item["id"]])
    return answer_page(request, page)


@app.get("/v1/campaigns/{campaign_id}")
async def get_campaign(campaign_id: str, claims=may("campaigns:read")):
    wanted = path_id(campaign_id, "campaign/not-found", "No such campaign")
    row = await find(tables.find_campaign, claims, wanted)
    if row is None:
        raise Problem(404, "campaign/not-found", "No such campaign")
    return resource(shapes.campaign(row))


@app.get("/v1/audit-logs")
async def list_audit_logs(request: Request, limit: int = Limit, cursor: str = Cursor, claims=may("audit:read")):
    statement = tables.list_audit_logs
    if cursor is not None:
        at, log_id = cursor_key("audit-logs", cursor)
        at = datetime.datetime.fromisoformat(at.replace("Z", "+00:00"))
        statement = statement.where(tuple_(audit_logs.c.timestamp, audit_logs.c.id) < tuple_(at, int(log_id)))
    rows = await fetch(statement, claims, limit)
    page = shapes.page([shapes.audit_log(row) for row in rows], limit, lambda item: ["audit-logs", item["timestamp"], str(item["id"])])
    return answer_page(request, page)


async def posts_page(request, claims, limit, cursor, status, campaign_id):
    statement = before_id(tables.list_posts, posts, cursor)
    if status is not None:
        statement = statement.where(posts.c.status == status)
    if campaign_id is not None:
        statement = statement.where(posts.c.campaign_id == str(campaign_id))
    rows = await fetch(statement, claims, limit)
    if not rows and campaign_id is not None and await find(tables.find_campaign, claims, str(campaign_id)) is None:
        raise Problem(404, "campaign/not-found", "No such campaign")
    shown = [shapes.post(row) for row in rows]
    return answer_page(request, shapes.page(shown, limit, lambda item: ["posts", item["id"]]))
