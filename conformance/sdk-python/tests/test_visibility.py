"""Search attributes, memo, lists, descriptions, histories, and queries."""

import uuid

import pytest
from temporalio.client import (
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowHistoryEventFilterType,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
)
from temporalio.common import (
    QueryRejectCondition,
    SearchAttributePair,
    TypedSearchAttributes,
)
from temporalio.service import RPCError, RPCStatusCode

from . import programs, visibility
from .conftest import Suite, failure_of, until


async def start_described(suite: Suite, keyword: str) -> list[WorkflowHandle]:
    attributes = TypedSearchAttributes([SearchAttributePair(visibility.KEYWORD, keyword)])
    options = {"search_attributes": attributes, "memo": {"kept": "yes", "replaced": "no"}}
    run = visibility.DescribeItself.run
    return [await suite.start(run, number, **options) for number in (1, 2, 3)]


async def test_lists_and_counts_by_search_attributes(suite: Suite) -> None:
    keyword = str(uuid.uuid4())
    handles = await start_described(suite, keyword)
    for handle in handles:
        await handle.result()
    query = f"SuiteKeyword = '{keyword}'"
    await until(lambda: suite.counts(f"{query} AND ExecutionStatus = 'Completed'", 3))

    async def ids_of(query: str) -> set[str]:
        return {row.id async for row in suite.client.list_workflows(query)}

    assert await ids_of(query) == {handle.id for handle in handles}
    assert await ids_of(f"{query} AND SuiteInt = 2") == {handles[1].id}
    counted = await suite.client.count_workflows(f"{query} GROUP BY ExecutionStatus")
    groups = [(group.count, group.group_values) for group in counted.groups]
    assert groups == [(3, ["Completed"])]
    description = await handles[0].describe()
    assert description.typed_search_attributes[visibility.INT] == 1
    assert await description.memo() == {"kept": "yes", "replaced": 1}


async def test_describes_what_runs_and_what_has_ended(suite: Suite) -> None:
    handle = await suite.start(programs.Collect.run, 1)
    running = await handle.describe()
    assert (running.status, running.workflow_type) == (WorkflowExecutionStatus.RUNNING, "Collect")
    assert running.close_time is None
    await handle.signal(programs.Collect.add, "one")
    await handle.result()
    ended = await handle.describe()
    assert ended.status == WorkflowExecutionStatus.COMPLETED
    assert ended.close_time is not None
    assert ended.close_time >= ended.start_time
    assert ended.history_length == len((await handle.fetch_history()).events)
    close_event = WorkflowHistoryEventFilterType.CLOSE_EVENT
    last = await handle.fetch_history(event_filter_type=close_event)
    assert [event.event_id for event in last.events] == [ended.history_length]


async def test_says_what_it_does_not_know(suite: Suite) -> None:
    nobody = suite.client.get_workflow_handle(suite.new_id("nobody"))
    ended = await suite.start(programs.Collect.run, 0)
    await ended.result()
    for call in (nobody.describe(), nobody.signal("add", "1"), nobody.result(), ended.terminate()):
        with pytest.raises(RPCError) as raised:
            await call
        assert raised.value.status == RPCStatusCode.NOT_FOUND


async def test_fails_for_a_query_that_the_workflow_does_not_know(suite: Suite) -> None:
    handle = await suite.start(programs.Collect.run, 1)
    with pytest.raises(WorkflowQueryFailedError):
        await handle.query("unknown")
    await handle.terminate()


async def test_rejects_a_query_under_its_condition(suite: Suite) -> None:
    handle = await suite.start(programs.Collect.run, 2)
    not_open = QueryRejectCondition.NOT_OPEN
    unclean = QueryRejectCondition.NOT_COMPLETED_CLEANLY
    await handle.signal(programs.Collect.add, "before")
    assert await handle.query("items", reject_condition=not_open) == ["before"]
    await handle.terminate()
    await failure_of(handle)
    assert await handle.query("items") == ["before"]
    for condition in (not_open, unclean):
        with pytest.raises(WorkflowQueryRejectedError) as raised:
            await handle.query("items", reject_condition=condition)
        assert raised.value.status == WorkflowExecutionStatus.TERMINATED


async def test_rejects_no_query_to_what_completed_cleanly(suite: Suite) -> None:
    handle = await suite.start(programs.Collect.run, 0)
    await handle.result()
    unclean = QueryRejectCondition.NOT_COMPLETED_CLEANLY
    assert await handle.query("items", reject_condition=unclean) == []
