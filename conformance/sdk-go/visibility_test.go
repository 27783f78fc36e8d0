package sdkgo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// visibilityWorkflows are the workflows of this file, which the suite's worker registers.
var visibilityWorkflows = []any{describeItself}

var (
	keywordKey = temporal.NewSearchAttributeKeyKeyword("SuiteKeyword")
	numberKey  = temporal.NewSearchAttributeKeyInt64("SuiteInt")
)

// describeItself sets its search attribute and memo to a number.
func describeItself(ctx workflow.Context, number int64) error {
	if err := workflow.UpsertTypedSearchAttributes(ctx, numberKey.ValueSet(number)); err != nil {
		return err
	}
	return workflow.UpsertMemo(ctx, map[string]any{"replaced": number})
}

func countOf(t *testing.T, query string) (int64, []*workflowservice.CountWorkflowExecutionsResponse_AggregationGroup) {
	t.Helper()
	response, err := sdk.CountWorkflow(context.Background(), &workflowservice.CountWorkflowExecutionsRequest{Query: query})
	must(t, err)
	return response.Count, response.Groups
}

// idsOf lists workflow IDs in order; its pages are smaller than what is found.
func idsOf(t *testing.T, query string) (ids []string) {
	t.Helper()
	request := &workflowservice.ListWorkflowExecutionsRequest{Query: query, PageSize: 2}
	for {
		response, err := sdk.ListWorkflow(context.Background(), request)
		must(t, err)
		for _, info := range response.Executions {
			ids = append(ids, info.Execution.WorkflowId)
		}
		if request.NextPageToken = response.NextPageToken; len(request.NextPageToken) == 0 {
			slices.Sort(ids)
			return ids
		}
	}
}

// registerSearchAttributes adds what the suite uses and waits until queries may use it.
func registerSearchAttributes(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	_, err := sdk.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: "default",
		SearchAttributes: map[string]enumspb.IndexedValueType{
			keywordKey.GetName(): enumspb.INDEXED_VALUE_TYPE_KEYWORD,
			numberKey.GetName():  enumspb.INDEXED_VALUE_TYPE_INT,
		},
	})
	if err != nil && !strings.Contains(err.Error(), "already exist") {
		t.Fatal(err)
	}
	until(t, func() bool {
		request := &workflowservice.CountWorkflowExecutionsRequest{Query: "SuiteKeyword = 'any' AND SuiteInt = 1"}
		_, err := sdk.CountWorkflow(ctx, request)
		return err == nil
	})
}

func TestSearchAttributesAndMemo(t *testing.T) {
	t.Parallel()
	registerSearchAttributes(t)
	keyword := fmt.Sprint(time.Now().UnixNano())
	options := client.StartWorkflowOptions{
		TypedSearchAttributes: temporal.NewSearchAttributes(keywordKey.ValueSet(keyword)),
		Memo:                  map[string]any{"kept": "yes", "replaced": "no"},
	}
	var ids []string
	for number := range int64(3) {
		run := startWith(t, options, describeItself, number)
		must(t, run.Get(context.Background(), nil))
		ids = append(ids, run.GetID())
	}
	query := fmt.Sprintf("SuiteKeyword = '%s'", keyword)
	until(t, func() bool {
		closed, _ := countOf(t, query+" AND ExecutionStatus = 'Completed'")
		return closed == 3
	})
	expect(t, idsOf(t, query+" AND SuiteInt = 2"), ids[2:])
	_, groups := countOf(t, query+" GROUP BY ExecutionStatus")
	expect(t, len(groups), 1)
	expect(t, groups[0].Count, int64(3))
	first := ids[0]
	slices.Sort(ids)
	expect(t, idsOf(t, query), ids)

	description, err := sdk.DescribeWorkflow(context.Background(), first, "")
	must(t, err)
	number, isSet := description.TypedSearchAttributes.GetInt64(numberKey)
	expect(t, []any{number, isSet}, []any{int64(0), true})
	var kept string
	var replaced int
	must(t, converter.GetDefaultDataConverter().FromPayload(description.Memo.Fields["kept"], &kept))
	must(t, converter.GetDefaultDataConverter().FromPayload(description.Memo.Fields["replaced"], &replaced))
	expect(t, []any{kept, replaced}, []any{"yes", 0})
}

func TestDescription(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	run := start(t, collect, 1)
	running, err := sdk.DescribeWorkflow(ctx, run.GetID(), "")
	must(t, err)
	expect(t, running.Status, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)
	expect(t, running.WorkflowType.Name, "collect")
	expect(t, running.WorkflowCloseTime == nil, true)
	must(t, sdk.SignalWorkflow(ctx, run.GetID(), "", "add", "one"))
	result[[]string](t, run)
	ended, err := sdk.DescribeWorkflow(ctx, run.GetID(), "")
	must(t, err)
	expect(t, ended.Status, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED)
	expect(t, ended.WorkflowCloseTime.Before(ended.WorkflowStartTime), false)
	expect(t, ended.HistoryLength, len(events(t, run)))
}

func TestNotFound(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	_, err := sdk.DescribeWorkflow(ctx, "nobody", "")
	ended := start(t, hello, "end")
	result[string](t, ended)
	for _, err := range []error{
		err,
		sdk.SignalWorkflow(ctx, "nobody", "", "add", "one"),
		sdk.GetWorkflow(ctx, "nobody", "").Get(ctx, nil),
		sdk.SignalWorkflow(ctx, ended.GetID(), "", "add", "one"),
		sdk.TerminateWorkflow(ctx, ended.GetID(), "", "late"),
	} {
		var missing *serviceerror.NotFound
		if !errors.As(err, &missing) {
			t.Fatalf("got %v", err)
		}
	}
}

// TestHistoryIterator follows a history that still grows to its end.
func TestHistoryIterator(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	run := start(t, collect, 1)
	all := sdk.GetWorkflowHistory(ctx, run.GetID(), "", true, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	number := int64(0)
	for all.HasNext() {
		event, err := all.Next()
		must(t, err)
		number++
		expect(t, event.EventId, number)
		if event.EventType == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED && number < 5 {
			must(t, sdk.SignalWorkflow(ctx, run.GetID(), "", "add", "one"))
		}
	}
	last := sdk.GetWorkflowHistory(ctx, run.GetID(), "", true, enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT)
	event, err := last.Next()
	must(t, err)
	expect(t, event.EventId, number)
	expect(t, event.EventType, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
}

func TestQueries(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	items := func(run client.WorkflowRun) (items []string) {
		value, err := sdk.QueryWorkflow(ctx, run.GetID(), "", "items")
		must(t, err)
		must(t, value.Get(&items))
		return items
	}
	run := start(t, collect, 50)
	for number := 1; number < 10; number++ {
		must(t, sdk.SignalWorkflow(ctx, run.GetID(), "", "add", "more"))
		expect(t, len(items(run)), number)
	}
	var failed *serviceerror.QueryFailed
	if _, err := sdk.QueryWorkflow(ctx, run.GetID(), "", "unknown"); !errors.As(err, &failed) {
		t.Fatalf("got %v", err)
	}
	must(t, sdk.TerminateWorkflow(ctx, run.GetID(), "", "enough"))
	expect(t, len(items(run)), 9)
}

func TestRejectedQuery(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	completed, terminated := start(t, collect, 0), start(t, collect, 1)
	result[[]string](t, completed)
	must(t, sdk.TerminateWorkflow(ctx, terminated.GetID(), "", "enough"))
	const notOpen, notClean = enumspb.QUERY_REJECT_CONDITION_NOT_OPEN, enumspb.QUERY_REJECT_CONDITION_NOT_COMPLETED_CLEANLY
	for _, row := range []struct {
		run       client.WorkflowRun
		condition enumspb.QueryRejectCondition
		rejected  bool
	}{
		{completed, notOpen, true}, {completed, notClean, false},
		{terminated, notOpen, true}, {terminated, notClean, true},
	} {
		response, err := sdk.QueryWorkflowWithOptions(ctx, &client.QueryWorkflowWithOptionsRequest{
			WorkflowID: row.run.GetID(), QueryType: "items", QueryRejectCondition: row.condition,
		})
		must(t, err)
		expect(t, response.QueryRejected != nil, row.rejected)
	}
}
