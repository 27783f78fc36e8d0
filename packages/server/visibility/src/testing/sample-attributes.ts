import { IndexedValueType } from "@perdure/proto/temporal/api/enums/v1";
import { type ParsedVisibilityQuery, parseVisibilityQuery } from "../parse-visibility-query.js";

const { DATETIME, INT, KEYWORD, KEYWORD_LIST, TEXT, BOOL } = IndexedValueType;
const TYPES = {
  system: new Map([
    ["WorkflowId", KEYWORD],
    ["RunId", KEYWORD],
    ["WorkflowType", KEYWORD],
    ["ExecutionStatus", KEYWORD],
    ["StartTime", DATETIME],
    ["CloseTime", DATETIME],
    ["HistoryLength", INT],
    ["ExecutionDuration", INT],
  ]),
  predefined: new Map([["TemporalScheduledById", KEYWORD]]),
  custom: new Map([
    ["Word", KEYWORD],
    ["Words", KEYWORD_LIST],
    ["Story", TEXT],
    ["IsBig", BOOL],
  ]),
  typeNames: new Map([
    [KEYWORD, "Keyword"],
    [KEYWORD_LIST, "KeywordList"],
    [TEXT, "Text"],
    [INT, "Int"],
    [DATETIME, "Datetime"],
    [BOOL, "Bool"],
  ]),
};

/** Parses a filter in a namespace with the attributes above. */
export function parseSample(text: string): ParsedVisibilityQuery {
  return parseVisibilityQuery(text, { id: "namespace", types: TYPES });
}
