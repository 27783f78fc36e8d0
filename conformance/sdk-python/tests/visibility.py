"""A workflow that describes itself."""

from temporalio import workflow
from temporalio.common import SearchAttributeKey

KEYWORD = SearchAttributeKey.for_keyword("SuiteKeyword")
INT = SearchAttributeKey.for_int("SuiteInt")


@workflow.defn
class DescribeItself:
    """Give itself a search attribute and change its memo."""

    @workflow.run
    async def run(self, number: int) -> None:
        workflow.upsert_search_attributes([INT.value_set(number)])
        workflow.upsert_memo({"replaced": number})


VISIBILITY_WORKFLOWS = [DescribeItself]
