package sdkgo

import (
	"context"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// scopeWorkflows are the workflows of this file, which the suite's worker registers.
var scopeWorkflows = []any{hurriedActivity, canceledTimer, impatient}

// hurriedActivity cancels an activity that has begun, and returns what became of it.
func hurriedActivity(ctx workflow.Context) (bool, error) {
	scope, cancel := workflow.WithCancel(workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		ActivityID:          "elsewhere",
		StartToCloseTimeout: 20 * time.Second,
		WaitForCancellation: true,
	}))
	future := workflow.ExecuteActivity(scope, elsewhere)
	workflow.GetSignalChannel(ctx, "hurry").Receive(ctx, nil)
	cancel()
	return temporal.IsCanceledError(future.Get(ctx, nil)), nil
}

// canceledTimer cancels one of two timers.
func canceledTimer(ctx workflow.Context) (bool, error) {
	scope, cancel := workflow.WithCancel(ctx)
	canceled := workflow.NewTimer(scope, time.Hour)
	if err := workflow.Sleep(ctx, 50*time.Millisecond); err != nil {
		return false, err
	}
	cancel()
	return temporal.IsCanceledError(canceled.Get(ctx, nil)), nil
}

// impatient waits in vain for a condition, and then for one that a signal makes true.
func impatient(ctx workflow.Context) (answers []bool, err error) {
	isTrue := false
	workflow.Go(ctx, func(ctx workflow.Context) {
		workflow.GetSignalChannel(ctx, "proceed").Receive(ctx, nil)
		isTrue = true
	})
	for _, timeout := range []time.Duration{50 * time.Millisecond, time.Hour} {
		condition := func() bool { return isTrue && len(answers) > 0 }
		answer, err := workflow.AwaitWithTimeout(ctx, timeout, condition)
		if err != nil {
			return nil, err
		}
		answers = append(answers, answer)
	}
	return answers, nil
}

func TestCanceledActivity(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	run := start(t, hurriedActivity)
	token := receive(t, tokensOf(run.GetID()))
	must(t, sdk.SignalWorkflow(ctx, run.GetID(), "", "hurry", nil))
	until(t, func() bool { return count(t, run, enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED) == 1 })
	must(t, sdk.CompleteActivity(ctx, token, nil, temporal.NewCanceledError()))
	expect(t, result[bool](t, run), true)
	expect(t, count(t, run, enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCELED), 1)
}

func TestCanceledTimer(t *testing.T) {
	t.Parallel()
	run := start(t, canceledTimer)
	expect(t, result[bool](t, run), true)
	expect(t, count(t, run, enumspb.EVENT_TYPE_TIMER_CANCELED), 1)
	expect(t, count(t, run, enumspb.EVENT_TYPE_TIMER_FIRED), 1)
}

func TestConditionWithTimeout(t *testing.T) {
	t.Parallel()
	run := start(t, impatient)
	must(t, sdk.SignalWorkflow(context.Background(), run.GetID(), "", "proceed", nil))
	expect(t, result[[]bool](t, run), []bool{false, true})
}

// A cancelled workflow still runs an activity in a disconnected context.
func TestDisconnectedContext(t *testing.T) {
	t.Parallel()
	run := start(t, waitForCancel)
	must(t, sdk.CancelWorkflow(context.Background(), run.GetID(), ""))
	failureOf[*temporal.CanceledError](t, run)
	expect(t, count(t, run, enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED), 1)
	expect(t, ending(t, run).EventType, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED)
}
