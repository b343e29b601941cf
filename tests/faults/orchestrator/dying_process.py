"""A process of ASTRA that kills itself (SIGKILL) at one instant of a finalization, or lives to its end.

Usage: dying_process.py SESSION_FILE STEP before|after, or dying_process.py SESSION_FILE live
Settings come from the environment. Prints the finalization's result when it lives.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from astra.bootstrap.container import Application, open_application
from astra.bootstrap.first_council import default_tenant_config, ensure_council
from astra.bootstrap.settings import Settings
from astra.kernel.ids import SessionId, TenantId
from astra.kernel.storage.blob_store import Bucket
from astra.orchestrator.sessions.finalizing.values import Finalization, Step

TENANT = TenantId("CONCEJO")
SENTENCES = ("Siendo las nueve y quince de la mañana, se abre la sesión ordinaria.", "Hola.", "Adiós.")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def deadly(application: Application, step: Step, moment: str) -> None:
    """Make the process die before the step is done, or after it but before that is written down."""
    actions: Any = application.finalizer._actions
    action = actions[step]

    async def killing(finalization: Finalization) -> Any:
        if moment == "before":
            die()
        await action(finalization)
        die()

    actions[step] = killing


async def session_of(application: Application, file: Path) -> SessionId:
    """Return the session of an earlier process, or a new one with something said in it."""
    if file.exists():
        return SessionId(file.read_text())
    await ensure_council(application, TENANT, "Concejo", default_tenant_config())
    session = await application.sessions.start(TENANT, client_timezone="America/Bogota", created_by="test")
    for number, text in enumerate(SENTENCES):
        await application.sessions.append_text(TENANT, session.session_id, number, text, wait_s=10)
    file.write_text(session.session_id)
    return session.session_id


async def main(file: Path, plan: list[str]) -> None:
    async with open_application(Settings(), lambda: "http://astra.test") as application:
        if plan != ["live"]:
            deadly(application, Step(plan[0]), plan[1])
        session_id = await session_of(application, file)
        progress = await application.finalizer.request(TENANT, session_id, "test")
        while not progress.finalization.has_ended:
            await asyncio.sleep(0.05)
            progress = await application.finalizer.progress(TENANT, session_id)
        print(json.dumps(result_of(application, progress.finalization)))


def result_of(application: Application, finalization: Finalization) -> dict[str, Any]:
    custody = list(application.blobs.keys(Bucket.CUSTODY, ""))
    return {
        "step": finalization.step,
        "error": finalization.last_error,
        "integrity_hash": finalization.results[Step.SEAL]["integrity_hash"],
        "log_index": finalization.results[Step.SEAL]["log_index"],
        "actas_in_custody": sum(key.endswith("acta.docx") for key in custody),
    }


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
