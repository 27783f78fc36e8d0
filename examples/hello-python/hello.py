"""A workflow with one activity: run it with a server on 127.0.0.1:7233."""

import asyncio
import os
import uuid
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker


@activity.defn
async def greet(name: str) -> str:
    return f"Hello, {name}!"


@workflow.defn
class HelloWorkflow:
    @workflow.run
    async def run(self, name: str) -> str:
        return await workflow.execute_activity(
            greet, name, start_to_close_timeout=timedelta(seconds=10)
        )


async def main() -> None:
    client = await Client.connect(os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233"))
    async with Worker(
        client, task_queue="hello-python", workflows=[HelloWorkflow], activities=[greet]
    ):
        result = await client.execute_workflow(
            HelloWorkflow.run, "World", id=f"hello-{uuid.uuid4()}", task_queue="hello-python"
        )
    print(result)


if __name__ == "__main__":
    asyncio.run(main())
