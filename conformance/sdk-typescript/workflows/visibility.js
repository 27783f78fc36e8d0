import { defineSearchAttributeKey } from "@temporalio/common";
import { upsertMemo, upsertSearchAttributes } from "@temporalio/workflow";

/** Gives itself a search attribute and changes its memo. */
export async function describeItself(number) {
  upsertSearchAttributes([{ key: defineSearchAttributeKey("SuiteInt", "INT"), value: number }]);
  upsertMemo({ replaced: number });
}
