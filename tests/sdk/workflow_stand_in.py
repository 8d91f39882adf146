"""The routes of workflows as the SDK expects them, kept in memory, until the server has its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from graft_eval.scope import Limits
from graft_eval.syntax import parse
from sdk import naming, readers, versions

Json = dict[str, Any]
Endpoint = Callable[["Workflows", Request], Awaitable[Response]]
LIMIT = 1000
METADATA = {
    "title": ("", naming.check_title),
    "description": ("", naming.check_description),
    "labels": ({}, naming.check_labels),
    "tags": ([], naming.check_tags),
}


def refusal(status: int, code: str, message: str, **headers: str) -> Response:
    return JSONResponse({"error": code, "message": message}, status, headers)


def now() -> str:
    return datetime.now(UTC).isoformat()


def answer(endpoint: Endpoint) -> Endpoint:
    """Turn the errors of the rules, and of what is not there, into refusals."""

    @wraps(endpoint)
    async def call(self: Workflows, request: Request) -> Response:
        try:
            return await endpoint(self, request)
        except KeyError as missing:
            return refusal(404, "not_found", missing.args[0])
        except (TypeError, ValueError) as wrong:
            return refusal(400, "bad_request", str(wrong))

    return call


class Workflows:
    """Workflows, their readers and links."""

    def __init__(self) -> None:
        self.records: dict[str, Json] = {}
        self.readers: dict[str, dict[str, None]] = {}
        self.links: dict[str, Json] = {}
        self.link_numbers = count()

    def routes(self) -> list[BaseRoute]:
        one = "/api/workflows/{id}"
        table: dict[str, dict[str, Endpoint]] = {
            "/api/workflows": {"GET": Workflows.search},
            one: {"PUT": Workflows.put, "GET": Workflows.get, "DELETE": Workflows.delete},
            one + "/versions/{version}": {"GET": Workflows.version},
            one + "/aliases/{alias}": {"PUT": Workflows.set_alias, "DELETE": Workflows.delete_alias},
            one + "/readers": {"GET": Workflows.list_readers},
            one + "/readers/{target}": {"PUT": Workflows.put_reader, "DELETE": Workflows.delete_reader},
            "/api/{layer:path}/links": {"POST": Workflows.add_link, "GET": Workflows.list_links},
            "/api/{layer:path}/links/{link}": {"DELETE": Workflows.delete_link},
        }
        return [
            Route(path, answer(endpoint).__get__(self), methods=[method])
            for path, methods in table.items()
            for method, endpoint in methods.items()
        ]

    def record(self, request: Request) -> Json:
        id = request.path_params["id"]
        if id not in self.records:
            raise KeyError(f"Workflow {id!r} does not exist.")
        return self.records[id]

    async def put(self, request: Request) -> Response:
        id, body, root = request.path_params["id"], await request.json(), str(request.base_url).rstrip("/")
        email, name = naming.check_workflow_id(id)
        old = self.records.get(id)
        owned = sum(record["email"] == email for record in self.records.values())
        if old is None and owned >= LIMIT:
            return refusal(429, "workflow_limit", f"{email} has {LIMIT} workflows", **{"Retry-After": "3600"})
        record = dict(old or {"id": id, "email": email, "name": name, "aliases": {}, "versions": []})
        for field, (default, check) in METADATA.items():
            record[field] = check(body[field]) if field in body else record.get(field, default)
        known = {version["version"]: version for version in record["versions"]}
        for sent in body.get("versions", []):
            version = versions.check_version(sent["version"])
            place = f"workflow/{id}/{version}"
            made = {
                "created_timestamp": now(),
                "url_template": f"{root}/{place}/{{z}}/{{x}}/{{y}}.png",
                "wmts_url_template": f"{root}/wmts/{place}/1.0.0/WMTSCapabilities.xml",
            }
            stored = known.get(version, {**sent, **made})
            if parse(stored["graft"], Limits()).hash != parse(sent["graft"], Limits()).hash:
                return refusal(409, "version_exists", f"version {version!r} of {id} has another computation")
            known[version] = stored | {field: sent[field] for field in ("docstring", "labels", "viz_options")}
        times = {"created_timestamp": record.get("created_timestamp", now()), "updated_timestamp": now()}
        template = {"wmts_url_template": f"{root}/wmts/workflow/{id}/1.0.0/WMTSCapabilities.xml"}
        self.records[id] = record | {"versions": list(known.values())} | times | template
        return JSONResponse(self.records[id], 200 if old else 201)

    async def get(self, request: Request) -> Response:
        return JSONResponse(self.record(request))

    async def delete(self, request: Request) -> Response:
        id = self.record(request)["id"]
        del self.records[id]
        self.readers.pop(id, None)
        return Response(status_code=204)

    async def search(self, request: Request) -> Response:
        query, tags = request.query_params, set(request.query_params.getlist("tags"))
        found = [
            record
            for record in self.records.values()
            if query.get("email", record["email"]) == record["email"]
            and record["name"].startswith(query.get("name", ""))
            and (not tags or tags & set(record["tags"]))
        ]
        start = int(query.get("after", 0))
        rest = start + 100 < len(found)
        following = str(request.url.include_query_params(after=start + 100)) if rest else None
        return JSONResponse({"workflows": found[start : start + 100], "next": following})

    async def version(self, request: Request) -> Response:
        record, asked = self.record(request), versions.check_reference(request.path_params["version"])
        known = {version["version"]: version for version in record["versions"]}
        names = {"latest": versions.latest_of(list(known)), **record["aliases"]}
        version = names.get(asked, asked)
        if version not in known:
            raise KeyError(f"Workflow {record['id']!r} has no version {asked!r}.")
        return JSONResponse(known[version])

    async def set_alias(self, request: Request) -> Response:
        record, alias = self.record(request), versions.check_alias(request.path_params["alias"])
        version = versions.check_version((await request.json())["version"])
        if version not in (known["version"] for known in record["versions"]):
            raise KeyError(f"Workflow {record['id']!r} has no version {version!r}.")
        record["aliases"][alias] = version
        return JSONResponse({"alias": alias, "version": version})

    async def delete_alias(self, request: Request) -> Response:
        alias = request.path_params["alias"]
        if self.record(request)["aliases"].pop(alias, None) is None:
            raise KeyError(f"There is no alias {alias!r}.")
        return Response(status_code=204)

    async def list_readers(self, request: Request) -> Response:
        granted = self.readers.get(self.record(request)["id"], {})
        return JSONResponse({"readers": [{"target": target} for target in granted], "next": None})

    async def put_reader(self, request: Request) -> Response:
        target = readers.target_of(readers.reader_of(request.path_params["target"]))
        self.readers.setdefault(self.record(request)["id"], {})[target] = None
        return JSONResponse({"target": target})

    async def delete_reader(self, request: Request) -> Response:
        self.readers.get(self.record(request)["id"], {}).pop(request.path_params["target"], None)
        return Response(status_code=204)

    async def add_link(self, request: Request) -> Response:
        layer, seconds = request.path_params["layer"], (await request.json())["expires_in"]
        id = f"l{next(self.link_numbers)}"
        url = f"{request.base_url}{layer}/{{z}}/{{x}}/{{y}}.png?link=key-of-{id}"
        expires = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
        self.links[id] = {"id": id, "layer": layer, "url": url, "expires_timestamp": expires}
        return JSONResponse(self.links[id], 201)

    async def list_links(self, request: Request) -> Response:
        found = [link for link in self.links.values() if link["layer"] == request.path_params["layer"]]
        return JSONResponse({"links": found, "next": None})

    async def delete_link(self, request: Request) -> Response:
        if self.links.pop(request.path_params["link"], None) is None:
            raise KeyError("There is no such link.")
        return Response(status_code=204)
