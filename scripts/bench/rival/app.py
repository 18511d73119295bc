"""A naive way to serve a list: each request reads all of it from Redis, parses it, and formats it."""

import json
import os

import fastapi
import redis.asyncio

app = fastapi.FastAPI()
store = redis.asyncio.Redis.from_url(os.environ["REDIS_URL"])


@app.get("/")
async def newest(limit: int = 100, format: str = "JSON"):
    rows = json.loads(await store.get("bench:rows"))[:limit]
    if format == "JSON":
        return rows
    lines = ["Rank,Symbol,Price USD"] + [f"{row['Rank']},{row['Symbol']},{row['Price USD']}" for row in rows]
    return fastapi.Response("".join(line + "\r\n" for line in lines), media_type="text/csv")
