"""What routes share: rows by id and by page, and how they are answered."""

import uuid

from fastapi.responses import JSONResponse

import shapes
from database import engine
from edge import Problem


def path_id(value, code, title):
    try:
        return str(uuid.UUID(value))
    except ValueError:
        raise Problem(404, code, title)


async def fetch(statement, claims, limit):
    async with engine.connect() as connection:
        parameters = {"workspace_id": claims["wid"], "page_size": limit + 1}
        return (await connection.execute(statement, parameters)).all()


async def find(statement, claims, wanted):
    async with engine.connect() as connection:
        return (await connection.execute(statement, {"workspace_id": claims["wid"], "id": wanted})).one_or_none()


def before_id(statement, table, cursor):
    if cursor is None:
        return statement
    (before,) = cursor_key(table.name, cursor)
    return statement.where(table.c.id < before)


def cursor_key(list_name, cursor):
    try:
        name, *key = shapes.cursor_key(cursor)
        if name == list_name:
            return key
    except ValueError:
        pass
    raise Problem(422, "request/invalid", "The request does not match its schema")


def resource(shown, status=200):
    return JSONResponse(shown, status_code=status, headers={"ETag": f'"v{shown["version"]}"'})


def answer_page(request, page):
    headers = {}
    if page["nextCursor"] is not None:
        next_page = request.url.include_query_params(cursor=page["nextCursor"])
        headers["Link"] = f'<{next_page.path}?{next_page.query}>; rel="next"'
    return JSONResponse(page, headers=headers)
