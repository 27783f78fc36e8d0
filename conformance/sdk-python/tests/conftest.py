"""Fixtures: the server's address, a client, and one worker for all tests."""

import os
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from . import programs


@dataclass(frozen=True)
class Suite:
    """What a test needs: a client and the task queue that the worker polls."""

    client: Client
    task_queue: str

    def new_id(self, name: str) -> str:
        """Return a workflow ID that nobody else uses."""
        return f"{name}-{uuid.uuid4()}"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def suite() -> AsyncIterator[Suite]:
    """Connect to the server that PERDURE_TARGET names and run a worker."""
    client = await Client.connect(os.environ["PERDURE_TARGET"])
    task_queue = f"python-{uuid.uuid4()}"
    async with Worker(
        client,
        task_queue=task_queue,
        workflows=programs.WORKFLOWS,
        activities=programs.ACTIVITIES,
    ):
        yield Suite(client, task_queue)
