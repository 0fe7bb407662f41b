"""The API as an OpenAPI 3.1 document: https://spec.openapis.org/oas/v3.1.1"""

from typing import Any

from flask import Blueprint, Flask, Response, jsonify

from ..fields import FIELDS
from ..results import Result

blueprint = Blueprint("openapi", __name__)


def init_app(app: Flask) -> None:
    """Serve the document."""
    app.register_blueprint(blueprint)


Json = dict[str, Any]


@blueprint.get("/api/openapi.json")
def document() -> Response:
    """The document."""
    return jsonify(DOCUMENT)


def _ref(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


def _body(schema: Json, media_type: str = "application/json") -> Json:
    return {"content": {media_type: {"schema": schema}}}


def _object(properties: Json, **more: Any) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties), **more}


def _header(name: str, schema: Json, required: bool, description: str) -> Json:
    return {"name": name, "in": "header", "required": required, "schema": schema, "description": description}


def _query(name: str, schema: Json, description: str) -> Json:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _operation(id: str, summary: str, answers: Json, problems: list[int], **more: Any) -> Json:
    responses = answers | {str(status): _ref("responses", "Problem") for status in problems}
    return {"operationId": id, "summary": summary, **more, "responses": responses}


TEXT: Json = {"type": "string"}
_TAG = '(W/)?"[!#-~]*"'
ETAGS: Json = {"type": "string", "pattern": rf"^(\*|{_TAG}(, *{_TAG})*)$"}
ID: Json = {"type": "string", "format": "uuid"}
STORED = {
    "id": ID,
    "revision": {"type": "integer", "minimum": 1},
    "date": {"type": "string", "format": "date-time", "description": "When it was stored, UTC"},
}
RULES = {field.name: field.rule.schema | {"title": field.label} for field in FIELDS}
DETAILS = {
    "type": "object",
    "properties": RULES,
    "required": [field.name for field in FIELDS if field.rule.required],
    "additionalProperties": False,
}
CHECK = {
    "name": TEXT,
    "question": TEXT,
    "result": {"enum": list(Result)},
    "found": {"type": "object", "additionalProperties": {"type": "integer"}},
    "sentence": TEXT,
}
REPORT = {
    "result": {"enum": list(Result)},
    "checked": {"type": "string", "format": "date-time"},
    "identity": {"type": "object"},
    "checks": {"type": "array", "items": _object(CHECK)},
}
USERS = {
    "users": {"type": "array", "items": _ref("schemas", "User")},
    "next": {"type": ["string", "null"], "description": "The `after` of the next page, if there is one"},
}
PROBLEM = {
    "description": "What is wrong and what to do (RFC 9457)",
    **_body(
        {
            "type": "object",
            "properties": {
                "type": TEXT,
                "title": TEXT,
                "status": {"type": "integer"},
                "detail": TEXT,
                "errors": {"type": "object", "additionalProperties": TEXT, "description": "By field, what to correct"},
            },
            "required": ["type", "title", "status", "detail"],
        },
        "application/problem+json",
    ),
}

SAME_USER = {"id": "$response.body#/id"}
USER: Json = {
    "description": "The user; its ETag is its revision",
    "headers": {"ETag": {"schema": TEXT}},
    "links": {
        "getUser": {"operationId": "getUser", "parameters": SAME_USER},
        "replaceUser": {
            "operationId": "replaceUser",
            "parameters": SAME_USER | {"If-Match": "$response.header.ETag"},
        },
        "deleteUser": {"operationId": "deleteUser", "parameters": SAME_USER},
    },
    **_body(_ref("schemas", "User")),
}
UNCHANGED = {"description": "The client has it already"}
PAGE = {"description": "The page"} | _body(_ref("schemas", "Users"))
CREATED = USER | {"headers": USER["headers"] | {"Location": {"schema": TEXT}}}

DOCUMENT: Json = {
    "openapi": "3.1.0",
    "info": {
        "title": "pii-demo",
        "version": "1",
        "summary": "The users of one colour. X-App-Colour, X-App-Version and X-App-Pod say who answered",
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    },
    "servers": [{"url": "/"}],
    "paths": {
        "/api/v1/users": {
            "get": _operation(
                "findUsers",
                "A page of users, newest first",
                {"200": PAGE},
                [400, 503],
                parameters=[
                    _query("location", TEXT, "Only users of this location; all users without it"),
                    _query(
                        "match",
                        {"enum": ["exact", "prefix"], "default": "exact"},
                        "The location, or its beginning",
                    ),
                    _query("after", TEXT, "The `next` of the previous page"),
                ],
            ),
            "post": _operation(
                "createUser",
                "Store a user",
                {"201": CREATED},
                [400, 403, 409, 413, 415, 422, 503],
                parameters=[_header("Idempotency-Key", ID, False, "With the same key, one colour stores one user")],
                requestBody={"required": True} | _body(_ref("schemas", "Details")),
            ),
        },
        "/api/v1/users/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": ID}],
            # 304 and 412: as any address with an ETag it takes If-None-Match and If-Match.
            "get": _operation("getUser", "One user", {"200": USER, "304": UNCHANGED}, [404, 412, 503]),
            "put": _operation(
                "replaceUser",
                "Replace a user, unless somebody has changed it since",
                {"200": USER},
                [400, 403, 404, 412, 413, 415, 422, 428, 503],
                parameters=[_header("If-Match", ETAGS, True, "The user's ETag")],
                requestBody={"required": True} | _body(_ref("schemas", "Details")),
            ),
            "delete": _operation(
                "deleteUser",
                "Delete a user",
                {"204": {"description": "It is deleted"}},
                [403, 404, 412, 503],
                parameters=[_header("If-Match", ETAGS, False, "The user's ETag, to delete only that revision")],
            ),
        },
        "/api/v1/colours": {
            "get": _operation(
                "getColours",
                "What this web server talks to: its image, its database, its peers",
                {"200": {"description": "The report, at most a few seconds old"} | _body(_object(REPORT))},
                [],
            ),
        },
    },
    "components": {
        "schemas": {
            "Details": DETAILS,
            "User": _object(STORED | RULES),
            "Users": _object(USERS),
        },
        "responses": {"Problem": PROBLEM},
    },
}
