package sdkgo

import (
	"context"
	"errors"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// familyWorkflows are the workflows of this file, which the suite's worker registers.
var familyWorkflows = []any{child, parent, parentOfTwins, parentThatCancels, parentThatLeaves, signalOther, cancelOther}

// child does what it is told.
func child(ctx workflow.Context, order string) (string, error) {
	switch order {
	case "fail":
		return "", temporal.NewNonRetryableApplicationError("child broke", "Broken", nil)
	case "wait":
		return "", workflow.Sleep(ctx, time.Hour)
	case "signal":
		workflow.GetSignalChannel(ctx, "proceed").Receive(ctx, nil)
		return "proceeded", nil
	}
	return "child of " + workflow.GetInfo(ctx).ParentWorkflowExecution.ID, nil
}

func withChild(ctx workflow.Context, policy enumspb.ParentClosePolicy) workflow.Context {
	return workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID:          workflow.GetInfo(ctx).WorkflowExecution.ID + "/child",
		ParentClosePolicy:   policy,
		WaitForCancellation: true,
	})
}

func parent(ctx workflow.Context, order string) (answer string, err error) {
	ctx = withChild(ctx, enumspb.PARENT_CLOSE_POLICY_TERMINATE)
	err = workflow.ExecuteChildWorkflow(ctx, child, order).Get(ctx, &answer)
	return answer, err
}

func parentOfTwins(ctx workflow.Context) (string, error) {
	ctx = withChild(ctx, enumspb.PARENT_CLOSE_POLICY_TERMINATE)
	if err := workflow.ExecuteChildWorkflow(ctx, child, "wait").GetChildWorkflowExecution().Get(ctx, nil); err != nil {
		return "", err
	}
	err := workflow.ExecuteChildWorkflow(ctx, child, "wait").GetChildWorkflowExecution().Get(ctx, nil)
	var taken *temporal.ChildWorkflowExecutionAlreadyStartedError
	if errors.As(err, &taken) {
		return "already started", nil
	}
	return "started twice", err
}

func parentThatCancels(ctx workflow.Context) (string, error) {
	scope, cancel := workflow.WithCancel(withChild(ctx, enumspb.PARENT_CLOSE_POLICY_TERMINATE))
	future := workflow.ExecuteChildWorkflow(scope, child, "wait")
	if err := future.GetChildWorkflowExecution().Get(ctx, nil); err != nil {
		return "", err
	}
	cancel()
	if err := future.Get(ctx, nil); temporal.IsCanceledError(err) {
		return "child canceled", nil
	}
	return "not canceled", nil
}

// parentThatLeaves ends at once and leaves its child to its policy.
func parentThatLeaves(ctx workflow.Context, policy enumspb.ParentClosePolicy) error {
	ctx = withChild(ctx, policy)
	return workflow.ExecuteChildWorkflow(ctx, child, "wait").GetChildWorkflowExecution().Get(ctx, nil)
}

func signalOther(ctx workflow.Context, id string) error {
	return workflow.SignalExternalWorkflow(ctx, id, "", "proceed", nil).Get(ctx, nil)
}

func cancelOther(ctx workflow.Context, id string) error {
	return workflow.RequestCancelExternalWorkflow(ctx, id, "").Get(ctx, nil)
}

func TestChildResult(t *testing.T) {
	run := start(t, parent, "return")
	expect(t, result[string](t, run), "child of "+run.GetID())
}

func TestChildFailure(t *testing.T) {
	err := start(t, parent, "fail").Get(context.Background(), nil)
	var failure *temporal.ChildWorkflowExecutionError
	var cause *temporal.ApplicationError
	if !errors.As(err, &failure) || !errors.As(failure, &cause) {
		t.Fatalf("got %v", err)
	}
	expect(t, cause.Type(), "Broken")
}

func TestChildOfTakenID(t *testing.T) {
	expect(t, result[string](t, start(t, parentOfTwins)), "already started")
}

func TestChildCancellation(t *testing.T) {
	expect(t, result[string](t, start(t, parentThatCancels)), "child canceled")
}

func TestParentClosePolicy(t *testing.T) {
	ctx := context.Background()
	for policy, status := range map[enumspb.ParentClosePolicy]enumspb.WorkflowExecutionStatus{
		enumspb.PARENT_CLOSE_POLICY_TERMINATE:      enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED,
		enumspb.PARENT_CLOSE_POLICY_REQUEST_CANCEL: enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED,
		enumspb.PARENT_CLOSE_POLICY_ABANDON:        enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING,
	} {
		run := start(t, parentThatLeaves, policy)
		if err := run.Get(ctx, nil); err != nil {
			t.Fatal(err)
		}
		id := run.GetID() + "/child"
		if policy != enumspb.PARENT_CLOSE_POLICY_ABANDON {
			if err := sdk.GetWorkflow(ctx, id, "").Get(ctx, nil); err == nil {
				t.Fatal("the child ended well")
			}
		}
		description, err := sdk.DescribeWorkflowExecution(ctx, id, "")
		if err != nil {
			t.Fatal(err)
		}
		expect(t, description.WorkflowExecutionInfo.Status, status)
		if policy == enumspb.PARENT_CLOSE_POLICY_ABANDON {
			_ = sdk.TerminateWorkflow(ctx, id, "", "test over")
		}
	}
}

func TestSignalToAnotherWorkflow(t *testing.T) {
	other := start(t, child, "signal")
	if err := start(t, signalOther, other.GetID()).Get(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	expect(t, result[string](t, other), "proceeded")
}

func TestCancellationOfAnotherWorkflow(t *testing.T) {
	other := start(t, child, "wait")
	if err := start(t, cancelOther, other.GetID()).Get(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	if err := other.Get(context.Background(), nil); !temporal.IsCanceledError(err) {
		t.Fatalf("got %v", err)
	}
}
