"""Workflows that depend on how they were started."""

from temporalio import workflow
from temporalio.exceptions import ApplicationError


@workflow.defn
class CountRuns:
    """Return one more than the run before."""

    @workflow.run
    async def run(self) -> int:
        return (workflow.get_last_completion_result(int) or 0) + 1


@workflow.defn
class FailUntil:
    """Fail until the given attempt."""

    @workflow.run
    async def run(self, attempt: int) -> int:
        current = workflow.info().attempt
        if current < attempt:
            raise ApplicationError(f"run {current} fails")
        return current


START_WORKFLOWS = [CountRuns, FailUntil]
