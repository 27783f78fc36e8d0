package sdkgo

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// startWorkflows are the workflows of this file, which the suite's worker registers.
var startWorkflows = []any{countRuns, failUntil}

// countRuns returns one more than the run before it in its cron schedule.
func countRuns(ctx workflow.Context) (runs int, err error) {
	if workflow.HasLastCompletionResult(ctx) {
		err = workflow.GetLastCompletionResult(ctx, &runs)
	}
	return runs + 1, err
}

// failUntil fails all attempts of the workflow before the given one.
func failUntil(ctx workflow.Context, attempt int32) (int32, error) {
	now := workflow.GetInfo(ctx).Attempt
	if now < attempt {
		return 0, fmt.Errorf("run %d fails", now)
	}
	return now, nil
}

// ending waits for one run, without following it to its successors, and returns its last event.
func ending(t *testing.T, run client.WorkflowRun) *historypb.HistoryEvent {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	_ = run.GetWithOptions(ctx, nil, client.WorkflowRunGetOptions{DisableFollowingRuns: true})
	must(t, ctx.Err())
	all := events(t, run)
	return all[len(all)-1]
}

func beginning(t *testing.T, run client.WorkflowRun) *historypb.WorkflowExecutionStartedEventAttributes {
	t.Helper()
	return events(t, run)[0].GetWorkflowExecutionStartedEventAttributes()
}

func TestCron(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	first := startWith(t, client.StartWorkflowOptions{CronSchedule: "@every 1s"}, countRuns)
	firstEnd := ending(t, first).GetWorkflowExecutionCompletedEventAttributes()
	second := sdk.GetWorkflow(ctx, first.GetID(), firstEnd.NewExecutionRunId)
	secondEnd := ending(t, second).GetWorkflowExecutionCompletedEventAttributes()
	must(t, sdk.TerminateWorkflow(ctx, first.GetID(), secondEnd.NewExecutionRunId, "enough"))
	for index, end := range []*historypb.WorkflowExecutionCompletedEventAttributes{firstEnd, secondEnd} {
		var value int
		must(t, converter.GetDefaultDataConverter().FromPayloads(end.Result, &value))
		expect(t, value, index+1)
	}
	started := beginning(t, second)
	expect(t, started.CronSchedule, "@every 1s")
	expect(t, started.ContinuedExecutionRunId, first.GetRunID())
	expect(t, started.Initiator, enumspb.CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE)
}

func TestWorkflowRetry(t *testing.T) {
	t.Parallel()
	policy := &temporal.RetryPolicy{InitialInterval: 50 * time.Millisecond, MaximumAttempts: 3}
	run := startWith(t, client.StartWorkflowOptions{RetryPolicy: policy}, failUntil, int32(3))
	first := sdk.GetWorkflow(context.Background(), run.GetID(), run.GetRunID())
	expect(t, result[int32](t, run), int32(3))
	next := ending(t, first).GetWorkflowExecutionFailedEventAttributes().NewExecutionRunId
	started := beginning(t, sdk.GetWorkflow(context.Background(), run.GetID(), next))
	expect(t, started.Attempt, int32(2))
	expect(t, started.ContinuedFailure.Message, "run 1 fails")
	failing := startWith(t, client.StartWorkflowOptions{RetryPolicy: policy}, failUntil, int32(9))
	expect(t, failureOf[*temporal.ApplicationError](t, failing).Message(), "run 3 fails")
}

func TestEagerStart(t *testing.T) {
	t.Parallel()
	run := startWith(t, client.StartWorkflowOptions{EnableEagerStart: true}, hello, "eager")
	expect(t, result[string](t, run), "Hello, eager!")
	expect(t, beginning(t, run).EagerExecutionAccepted, true)
}

func TestStartDelay(t *testing.T) {
	t.Parallel()
	began := time.Now()
	late := startWith(t, client.StartWorkflowOptions{StartDelay: 600 * time.Millisecond}, hello, "late")
	expect(t, result[string](t, late), "Hello, late!")
	if time.Since(began) < 600*time.Millisecond {
		t.Fatal("the workflow ran early")
	}
	signaled := startWith(t, client.StartWorkflowOptions{StartDelay: 300 * time.Millisecond}, collect, 1)
	must(t, sdk.SignalWorkflow(context.Background(), signaled.GetID(), "", "add", "early"))
	expect(t, result[[]string](t, signaled), []string{"early"})
}

func TestSignalInsteadOfStart(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	run := start(t, collect, 2)
	again, err := sdk.SignalWithStartWorkflow(ctx, run.GetID(), "add", "one", client.StartWorkflowOptions{TaskQueue: taskQueue}, collect, 2)
	must(t, err)
	expect(t, again.GetRunID(), run.GetRunID())
	must(t, sdk.SignalWorkflow(ctx, run.GetID(), "", "add", "two"))
	expect(t, result[[]string](t, run), []string{"one", "two"})
}

func TestWorkflowIDPolicies(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	run := start(t, collect, 1)
	options := client.StartWorkflowOptions{ID: run.GetID(), TaskQueue: taskQueue, WorkflowExecutionErrorWhenAlreadyStarted: true}
	_, err := sdk.ExecuteWorkflow(ctx, options, collect, 1)
	var taken *serviceerror.WorkflowExecutionAlreadyStarted
	if !errors.As(err, &taken) || taken.RunId != run.GetRunID() {
		t.Fatalf("got %v", err)
	}
	options.WorkflowIDConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	existing, err := sdk.ExecuteWorkflow(ctx, options, collect, 1)
	must(t, err)
	expect(t, existing.GetRunID(), run.GetRunID())
	must(t, sdk.SignalWorkflow(ctx, run.GetID(), "", "add", "end"))
	expect(t, result[[]string](t, run), []string{"end"})
	options.WorkflowIDConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED
	options.WorkflowIDReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE
	if _, err := sdk.ExecuteWorkflow(ctx, options, collect, 1); !errors.As(err, &taken) {
		t.Fatalf("got %v", err)
	}
}

func TestRunTimeout(t *testing.T) {
	t.Parallel()
	run := startWith(t, client.StartWorkflowOptions{WorkflowRunTimeout: time.Second}, timer, time.Hour)
	failureOf[*temporal.TimeoutError](t, run)
	expect(t, ending(t, run).EventType, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT)
}
