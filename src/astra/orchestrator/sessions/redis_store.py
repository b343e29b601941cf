"""Live sessions in Redis (6.2 or later, cluster too: all keys of a session carry one hash tag).

astra:v1:{SID}:session          hash    the session, its state and context
astra:v1:{SID}:chunks           hash    sequence_id -> chunk
astra:v1:{SID}:digests          hash    sequence_id -> SHA-256 of what was sent
astra:v1:{SID}:blocks           zset    "position:block_id", scored by sequence_id
astra:v1:{SID}:block            hash    block_id -> block
astra:v1:{SID}:uploaded_assets  set
astra:v1:{SID}:claim:N          string  who processes chunk N now
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib.resources import files
from typing import Final

from pydantic import TypeAdapter
from redis.asyncio import Redis
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

from astra.kernel.blocks import Block
from astra.kernel.errors import Unavailable
from astra.kernel.ids import AssetId, SessionId
from astra.orchestrator.sessions.errors import (
    SequenceConflict,
    SequenceTooFar,
    SessionClosed,
    SessionNotFound,
)
from astra.orchestrator.sessions.ports import NONE_YET, Appended
from astra.orchestrator.sessions.states import SessionState
from astra.orchestrator.sessions.values import Chunk, Context, Session

SESSION: Final = TypeAdapter(Session)
CHUNK: Final = TypeAdapter(Chunk)
CONTEXT: Final = TypeAdapter(Context)
BLOCK: Final = TypeAdapter(Block)

PARTS: Final = ("session", "chunks", "digests", "block", "blocks", "uploaded_assets")
FARTHEST_JUMP: Final = 1000  # a number beyond the last one by more than this is a client's mistake

REFUSALS: Final = {
    "TOO_FAR": SequenceTooFar,
    "NOT_FOUND": SessionNotFound,
    "CLOSED": SessionClosed,
    "CONFLICT": SequenceConflict,
}


class RedisUnavailable(Unavailable):
    """Redis does not answer; try again in a moment."""

    code = "redis_unavailable"


class RedisSessions:
    """`SessionStore` in Redis; keys live `ttl_s` seconds after the last activity."""

    def __init__(self, redis: Redis, ttl_s: int) -> None:
        self._redis = redis
        self._ttl_s = ttl_s
        names = ("append", "complete", "attach", "set_context", "move", "prolong", "release")
        self._scripts: Mapping[str, AsyncScript] = {
            name: redis.register_script(lua_source(name)) for name in names
        }

    async def create(self, session: Session) -> None:
        key = name_of(session.session_id, "session")
        values: dict[bytes | bytearray | memoryview[int] | str | int | float, bytes | str] = {
            "state": session.state.value,
            "tenant_id": session.tenant_id,
            "session": SESSION.dump_json(session),
            "context": CONTEXT.dump_json(session.context),
        }
        async with translated(), self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(key, mapping=values)
            pipe.expire(key, self._ttl_s)
            await pipe.execute()

    async def get(self, session_id: SessionId) -> Session:
        async with translated():
            state, stored, context = await self._redis.hmget(
                name_of(session_id, "session"), ["state", "session", "context"]
            )
        if state is None or stored is None or context is None:
            raise SessionNotFound
        return replace(
            SESSION.validate_json(stored),
            state=SessionState(text_of(state)),
            context=CONTEXT.validate_json(context),
        )

    async def append(self, session_id: SessionId, chunk: Chunk, placeholder: Block) -> Appended:
        outcome = await self._change(
            "append",
            session_id,
            chunk.sequence_id,
            chunk.digest,
            CHUNK.dump_json(chunk),
            placeholder.block_id,
            member_of(placeholder),
            BLOCK.dump_json(placeholder),
            FARTHEST_JUMP,
        )
        return Appended(accepted(outcome))

    async def complete(self, session_id: SessionId, chunk: Chunk, blocks: Sequence[Block]) -> bool:
        values = (
            value for block in blocks for value in (block.block_id, member_of(block), BLOCK.dump_json(block))
        )
        return bool(
            await self._change("complete", session_id, chunk.sequence_id, CHUNK.dump_json(chunk), *values)
        )

    async def attach(self, session_id: SessionId, block: Block, asset_id: AssetId) -> None:
        outcome = await self._change(
            "attach",
            session_id,
            block.block_id,
            member_of(block),
            BLOCK.dump_json(block),
            asset_id,
            block.sequence_id,
        )
        accepted(outcome)

    async def blocks(self, session_id: SessionId, sequence_id: int | None = None) -> list[Block]:
        low, high = ("-inf", "+inf") if sequence_id is None else (sequence_id, sequence_id)
        async with translated():
            members = await self._redis.zrangebyscore(name_of(session_id, "blocks"), low, high)
            ids = [block_id_of(member) for member in members]
            if not ids:
                return []
            values = await self._redis.hmget(name_of(session_id, "block"), ids)
        return [BLOCK.validate_json(value) for value in values if value is not None]

    async def chunk(self, session_id: SessionId, sequence_id: int) -> Chunk | None:
        async with translated():
            value = await self._redis.hget(name_of(session_id, "chunks"), str(sequence_id))
        return None if value is None else CHUNK.validate_json(value)

    async def chunks(self, session_id: SessionId) -> list[Chunk]:
        async with translated():
            values = await self._redis.hvals(name_of(session_id, "chunks"))
        return sorted((CHUNK.validate_json(value) for value in values), key=lambda chunk: chunk.sequence_id)

    async def last_sequence_id(self, session_id: SessionId) -> int:
        async with translated():
            value = await self._redis.hget(name_of(session_id, "session"), "last_sequence_id")
        return NONE_YET if value is None else int(value)

    async def set_context(self, session_id: SessionId, context: Context) -> None:
        accepted(await self._change("set_context", session_id, CONTEXT.dump_json(context)))

    async def move(self, session_id: SessionId, expected: SessionState, new: SessionState) -> bool:
        return bool(await self._change("move", session_id, expected.value, new.value))

    async def claim(self, session_id: SessionId, sequence_id: int, owner: str, ttl_ms: int) -> bool:
        key = name_of(session_id, f"claim:{sequence_id}")
        async with translated():
            return bool(await self._redis.set(key, owner, nx=True, px=ttl_ms))

    async def prolong(self, session_id: SessionId, sequence_id: int, owner: str, ttl_ms: int) -> bool:
        key = name_of(session_id, f"claim:{sequence_id}")
        return bool(await self._run("prolong", [key], [owner, ttl_ms]))

    async def release(self, session_id: SessionId, sequence_id: int, owner: str) -> None:
        await self._run("release", [name_of(session_id, f"claim:{sequence_id}")], [owner])

    async def check(self) -> None:
        async with translated():
            await self._redis.ping()

    async def _change(self, script: str, session_id: SessionId, *values: str | int | bytes) -> object:
        """Run a script over all keys of a session; it renews the life of every one of them."""
        keys = [name_of(session_id, part) for part in PARTS]
        return await self._run(script, keys, [self._ttl_s, *values])

    async def _run(self, script: str, keys: Sequence[str], arguments: Sequence[str | int | bytes]) -> object:
        async with translated():
            return await self._scripts[script](keys=keys, args=arguments)


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Turn the client's errors into `RedisUnavailable`."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise RedisUnavailable from error


def lua_source(name: str) -> str:
    """Return the script of that name in this package."""
    return files("astra.orchestrator.sessions").joinpath(f"lua/{name}.lua").read_text("utf-8")


def name_of(session_id: SessionId, part: str) -> str:
    """Return the key of one part of a session."""
    return f"astra:v1:{{{session_id}}}:{part}"


def member_of(block: Block) -> str:
    """Return the block's member of the sorted set: same sequence_id, then by position."""
    return f"{block.position:06d}:{block.block_id}"


def block_id_of(member: object) -> str:
    """Return the block a member of the sorted set stands for."""
    return text_of(member).partition(":")[2]


def text_of(value: object) -> str:
    """Return what Redis answered as text."""
    return value.decode() if isinstance(value, bytes) else str(value)


def accepted(outcome: object) -> str:
    """Return a script's answer, or raise what it refuses with."""
    answer = text_of(outcome)
    if answer in REFUSALS:
        raise REFUSALS[answer]
    return answer
