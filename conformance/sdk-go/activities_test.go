package sdkgo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// activityWorkflows and activityActivities are what the suite's worker registers of this file.
var (
	activityWorkflows  = []any{completedElsewhere, localRetry, localOfSeconds, failAtMost, unheard, silent}
	activityActivities = []any{elsewhere, alwaysFail, loseHeartbeats}
)

// startedTokens holds channels of task tokens of activities that are completed elsewhere, by workflow ID.
var startedTokens sync.Map

func tokensOf(workflowID string) chan []byte {
	tokens, _ := startedTokens.LoadOrStore(workflowID, make(chan []byte, 1))
	return tokens.(chan []byte)
}

func elsewhere(ctx context.Context) (string, error) {
	info := activity.GetInfo(ctx)
	tokensOf(info.WorkflowExecution.ID) <- info.TaskToken
	return "", activity.ErrResultPending
}

func alwaysFail(ctx context.Context) error {
	return temporal.NewApplicationError(fmt.Sprintf("attempt %d fails", activity.GetInfo(ctx).Attempt), "Always")
}

func loseHeartbeats(ctx context.Context) error {
	activity.RecordHeartbeat(ctx, "last words")
	return activity.ErrResultPending
}

func completedElsewhere(ctx workflow.Context) (value string, err error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		ActivityID:          "elsewhere",
		StartToCloseTimeout: 20 * time.Second,
		HeartbeatTimeout:    20 * time.Second,
		WaitForCancellation: true,
	})
	err = workflow.ExecuteActivity(ctx, elsewhere).Get(ctx, &value)
	return value, err
}

func localAttempt(ctx context.Context) (int32, error) { return succeedAt(ctx, 3) }

func localRetry(ctx workflow.Context, interval time.Duration) (attempt int32, err error) {
	ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: 20 * time.Second,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: interval, BackoffCoefficient: 1},
	})
	err = workflow.ExecuteLocalActivity(ctx, localAttempt).Get(ctx, &attempt)
	return attempt, err
}

// takeSeconds works for longer than the workflow task may take.
func takeSeconds(ctx context.Context) (string, error) {
	select {
	case <-time.After(2 * time.Second):
		return "done", nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func localOfSeconds(ctx workflow.Context) (value string, err error) {
	options := workflow.LocalActivityOptions{ScheduleToCloseTimeout: 20 * time.Second}
	err = workflow.ExecuteLocalActivity(workflow.WithLocalActivityOptions(ctx, options), takeSeconds).Get(ctx, &value)
	return value, err
}

func failAtMost(ctx workflow.Context, policy temporal.RetryPolicy) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second,
		RetryPolicy:         &policy,
	})
	return workflow.ExecuteActivity(ctx, alwaysFail).Get(ctx, nil)
}

func unheard(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              "nobody-polls-this",
		ScheduleToStartTimeout: 100 * time.Millisecond,
		StartToCloseTimeout:    10 * time.Second,
	})
	return workflow.ExecuteActivity(ctx, greet, "nobody").Get(ctx, nil)
}

func silent(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second,
		HeartbeatTimeout:    300 * time.Millisecond,
		RetryPolicy:         &temporal.RetryPolicy{MaximumAttempts: 1},
	})
	return workflow.ExecuteActivity(ctx, loseHeartbeats).Get(ctx, nil)
}

// startElsewhere starts a workflow and waits until its activity is started.
func startElsewhere(t *testing.T) (client.WorkflowRun, []byte) {
	t.Helper()
	run := start(t, completedElsewhere)
	return run, receive(t, tokensOf(run.GetID()))
}

func TestCompletionByToken(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	run, token := startElsewhere(t)
	must(t, sdk.RecordActivityHeartbeat(ctx, token, "alive"))
	must(t, sdk.CompleteActivity(ctx, token, "by token", nil))
	expect(t, result[string](t, run), "by token")
	var gone *serviceerror.NotFound
	if err := sdk.CompleteActivity(ctx, token, "again", nil); !errors.As(err, &gone) {
		t.Fatalf("got %v", err)
	}
}

func TestCompletionByID(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	run, _ := startElsewhere(t)
	must(t, sdk.RecordActivityHeartbeatByID(ctx, "default", run.GetID(), "", "elsewhere", "alive"))
	must(t, sdk.CompleteActivityByID(ctx, "default", run.GetID(), "", "elsewhere", "by ID", nil))
	expect(t, result[string](t, run), "by ID")
}

func TestFailureByTokenAndByID(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	failure := temporal.NewNonRetryableApplicationError("broke elsewhere", "Elsewhere", nil)
	byToken, token := startElsewhere(t)
	byID, _ := startElsewhere(t)
	must(t, sdk.CompleteActivity(ctx, token, nil, failure))
	must(t, sdk.CompleteActivityByID(ctx, "default", byID.GetID(), byID.GetRunID(), "elsewhere", nil, failure))
	for _, run := range []client.WorkflowRun{byToken, byID} {
		expect(t, failureOf[*temporal.ApplicationError](t, run).Type(), "Elsewhere")
	}
}

func TestCancellationByHeartbeat(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	run, token := startElsewhere(t)
	must(t, sdk.CancelWorkflow(ctx, run.GetID(), ""))
	until(t, func() bool {
		err := sdk.RecordActivityHeartbeat(ctx, token, "alive")
		var canceled *temporal.CanceledError
		return errors.As(err, &canceled)
	})
	must(t, sdk.CompleteActivity(ctx, token, nil, temporal.NewCanceledError("gone")))
	failureOf[*temporal.CanceledError](t, run)
	expect(t, count(t, run, enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCELED), 1)
}

func TestLastAttempt(t *testing.T) {
	t.Parallel()
	policy := temporal.RetryPolicy{InitialInterval: 20 * time.Millisecond, MaximumAttempts: 2}
	failure := failureOf[*temporal.ActivityError](t, start(t, failAtMost, policy))
	expect(t, failure.RetryState(), enumspb.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED)
	policy.NonRetryableErrorTypes = []string{"Always"}
	failure = failureOf[*temporal.ActivityError](t, start(t, failAtMost, policy))
	expect(t, failure.RetryState(), enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE)
}

func TestActivityTimeouts(t *testing.T) {
	t.Parallel()
	heartbeat := failureOf[*temporal.TimeoutError](t, start(t, silent))
	expect(t, heartbeat.TimeoutType(), enumspb.TIMEOUT_TYPE_HEARTBEAT)
	var details string
	must(t, heartbeat.LastHeartbeatDetails(&details))
	expect(t, details, "last words")
	toStart := failureOf[*temporal.TimeoutError](t, start(t, unheard))
	expect(t, toStart.TimeoutType(), enumspb.TIMEOUT_TYPE_SCHEDULE_TO_START)
}

func TestLocalActivityRetry(t *testing.T) {
	t.Parallel()
	run := start(t, localRetry, 10*time.Millisecond)
	expect(t, result[int32](t, run), int32(3))
	expect(t, count(t, run, enumspb.EVENT_TYPE_TIMER_STARTED), 0)
}

// A back-off that is longer than the workflow task timeout becomes a timer.
func TestLocalActivityBackOff(t *testing.T) {
	t.Parallel()
	options := client.StartWorkflowOptions{WorkflowTaskTimeout: time.Second}
	run := startWith(t, options, localRetry, 1100*time.Millisecond)
	expect(t, result[int32](t, run), int32(3))
	expect(t, count(t, run, enumspb.EVENT_TYPE_TIMER_FIRED), 2)
	expect(t, count(t, run, enumspb.EVENT_TYPE_MARKER_RECORDED), 3)
}

func TestLongLocalActivity(t *testing.T) {
	t.Parallel()
	options := client.StartWorkflowOptions{WorkflowTaskTimeout: time.Second}
	run := startWith(t, options, localOfSeconds)
	expect(t, result[string](t, run), "done")
	expect(t, count(t, run, enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT), 0)
}
