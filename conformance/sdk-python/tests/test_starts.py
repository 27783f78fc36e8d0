"""Cron schedules, retries of workflows, eager and delayed starts, and signals with a start."""

import time
from datetime import timedelta

import pytest
from temporalio.api.enums.v1 import ContinueAsNewInitiator
from temporalio.client import WorkflowContinuedAsNewError, WorkflowHandle
from temporalio.common import RetryPolicy, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.converter import default
from temporalio.exceptions import WorkflowAlreadyStartedError

from . import programs, starts
from .conftest import Suite, attributes_of, failure_of

DELAY = timedelta(milliseconds=600)


def run_of(suite: Suite, handle: WorkflowHandle, run_id: str | None = None) -> WorkflowHandle:
    """Return a handle of one run: the given one, or the first."""
    run_id = run_id or handle.first_execution_run_id
    return suite.client.get_workflow_handle(handle.id, run_id=run_id)


async def next_cron_run(suite: Suite, handle: WorkflowHandle) -> WorkflowHandle:
    with pytest.raises(WorkflowContinuedAsNewError) as raised:
        await handle.result(follow_runs=False)
    return run_of(suite, handle, raised.value.new_execution_run_id)


async def result_in_history(handle: WorkflowHandle) -> int:
    [completed] = await attributes_of(handle, "workflow_execution_completed")
    [result] = await default().decode(completed.result.payloads)
    return result


def quick_retry(attempts: int) -> RetryPolicy:
    return RetryPolicy(initial_interval=timedelta(milliseconds=50), maximum_attempts=attempts)


async def test_runs_by_a_cron_schedule_with_the_result_of_the_run_before(suite: Suite) -> None:
    handle = await suite.start(starts.CountRuns.run, cron_schedule="@every 1s")
    first = run_of(suite, handle)
    second = await next_cron_run(suite, first)
    await next_cron_run(suite, second)
    await suite.client.get_workflow_handle(handle.id).terminate()
    assert [await result_in_history(run) for run in (first, second)] == [1, 2]
    [started] = await attributes_of(second, "workflow_execution_started")
    assert started.cron_schedule == "@every 1s"
    assert started.continued_execution_run_id == handle.first_execution_run_id
    assert started.initiator == ContinueAsNewInitiator.CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE


async def test_retries_a_workflow_as_its_policy_says(suite: Suite) -> None:
    handle = await suite.start(starts.FailUntil.run, 3, retry_policy=quick_retry(3))
    assert await handle.result() == 3
    [failed] = await attributes_of(run_of(suite, handle), "workflow_execution_failed")
    second = run_of(suite, handle, failed.new_execution_run_id)
    [started] = await attributes_of(second, "workflow_execution_started")
    assert (started.attempt, started.continued_failure.message) == (2, "run 1 fails")


async def test_fails_in_the_end_when_every_attempt_does(suite: Suite) -> None:
    handle = await suite.start(starts.FailUntil.run, 9, retry_policy=quick_retry(2))
    assert str(await failure_of(handle)) == "run 2 fails"


async def test_hands_the_first_task_out_with_the_start(suite: Suite) -> None:
    handle = await suite.start(programs.Hello.run, "eager", request_eager_start=True)
    assert await handle.result() == "Hello, eager!"
    [started] = await attributes_of(handle, "workflow_execution_started")
    assert started.eager_execution_accepted


async def test_waits_for_the_start_delay(suite: Suite) -> None:
    started = time.monotonic()
    handle = await suite.start(programs.Hello.run, "late", start_delay=DELAY)
    assert await handle.result() == "Hello, late!"
    assert time.monotonic() - started >= DELAY.total_seconds()


async def test_takes_a_signal_that_comes_during_the_start_delay(suite: Suite) -> None:
    handle = await suite.start(programs.Collect.run, 1, start_delay=DELAY)
    await handle.signal(programs.Collect.add, "early")
    assert await handle.result() == ["early"]


async def test_signals_what_runs_already_instead_of_starting_it(suite: Suite) -> None:
    handle = await suite.start(programs.Collect.run, 2)
    signal = {"start_signal": "add", "start_signal_args": ["one"]}
    again = await suite.start(programs.Collect.run, 2, id=handle.id, **signal)
    assert again.result_run_id == handle.result_run_id
    await handle.signal(programs.Collect.add, "two")
    assert await handle.result() == ["one", "two"]


async def test_obeys_the_policies_of_workflow_ids(suite: Suite) -> None:
    handle = await suite.start(programs.Collect.run, 1)
    with pytest.raises(WorkflowAlreadyStartedError):
        await suite.start(programs.Collect.run, 1, id=handle.id)
    use_existing = WorkflowIDConflictPolicy.USE_EXISTING
    again = await suite.start(
        programs.Collect.run, 1, id=handle.id, id_conflict_policy=use_existing
    )
    assert again.result_run_id == handle.result_run_id
    await handle.signal(programs.Collect.add, "end")
    await handle.result()
    reject = WorkflowIDReusePolicy.REJECT_DUPLICATE
    with pytest.raises(WorkflowAlreadyStartedError):
        await suite.start(programs.Collect.run, 1, id=handle.id, id_reuse_policy=reject)
