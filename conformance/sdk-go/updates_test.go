package sdkgo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// bookings takes bookings by update; a validator refuses empty ones, and "moveOn" continues as new.
func bookings(ctx workflow.Context, booked []string) ([]string, error) {
	isMovingOn := false
	book := func(ctx workflow.Context, item string) (string, error) {
		if item == "unlucky" {
			return "", temporal.NewApplicationError("no luck", "Unlucky")
		}
		var greeting string
		if err := workflow.ExecuteActivity(withOptions(ctx), greet, item).Get(ctx, &greeting); err != nil {
			return "", err
		}
		booked = append(booked, item)
		return fmt.Sprintf("%s %d", greeting, len(booked)), nil
	}
	check := func(_ workflow.Context, item string) error {
		if item == "" {
			return temporal.NewApplicationError("empty", "Empty")
		}
		return nil
	}
	options := workflow.UpdateHandlerOptions{Validator: check}
	if err := workflow.SetUpdateHandlerWithOptions(ctx, "book", book, options); err != nil {
		return nil, err
	}
	moveOn := func(workflow.Context) (string, error) {
		isMovingOn = true
		return "moving on", nil
	}
	if err := workflow.SetUpdateHandler(ctx, "moveOn", moveOn); err != nil {
		return nil, err
	}
	err := workflow.Await(ctx, func() bool {
		return (isMovingOn || slices.Contains(booked, "last")) && workflow.AllHandlersFinished(ctx)
	})
	if err != nil {
		return nil, err
	}
	if isMovingOn {
		return nil, workflow.NewContinueAsNewError(ctx, bookings, booked)
	}
	return booked, nil
}

func update(t *testing.T, options client.UpdateWorkflowOptions) (value string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if options.WaitForStage == 0 {
		options.WaitForStage = client.WorkflowUpdateStageCompleted
	}
	handle, err := sdk.UpdateWorkflow(ctx, options)
	if err != nil {
		return "", err
	}
	err = handle.Get(ctx, &value)
	return value, err
}

func mustUpdate(t *testing.T, options client.UpdateWorkflowOptions) string {
	t.Helper()
	value, err := update(t, options)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func bookOptions(id string, item string) client.UpdateWorkflowOptions {
	return client.UpdateWorkflowOptions{WorkflowID: id, UpdateName: "book", Args: []any{item}}
}

func TestUpdate(t *testing.T) {
	run := start(t, bookings, []string{})
	expect(t, mustUpdate(t, bookOptions(run.GetID(), "one")), "Hello, one! 1")
	accepted := bookOptions(run.GetID(), "two")
	accepted.UpdateID = "two"
	accepted.WaitForStage = client.WorkflowUpdateStageAccepted
	expect(t, mustUpdate(t, accepted), "Hello, two! 2")
	known := sdk.GetWorkflowUpdateHandle(client.GetWorkflowUpdateHandleOptions{WorkflowID: run.GetID(), UpdateID: "two"})
	var value string
	if err := known.Get(context.Background(), &value); err != nil {
		t.Fatal(err)
	}
	expect(t, value, "Hello, two! 2")
	mustUpdate(t, bookOptions(run.GetID(), "last"))
	expect(t, result[[]string](t, run), []string{"one", "two", "last"})
}

func TestRefusedUpdate(t *testing.T) {
	run := start(t, bookings, []string{})
	mustUpdate(t, bookOptions(run.GetID(), "one"))
	before := len(events(t, run))
	_, err := update(t, bookOptions(run.GetID(), ""))
	var refused *temporal.ApplicationError
	if !errors.As(err, &refused) || refused.Type() != "Empty" {
		t.Fatalf("got %v", err)
	}
	expect(t, len(events(t, run)), before)
	mustUpdate(t, bookOptions(run.GetID(), "last"))
	expect(t, result[[]string](t, run), []string{"one", "last"})
}

func TestUpdateWithStart(t *testing.T) {
	id := fmt.Sprintf("%s-%d", t.Name(), time.Now().UnixNano())
	execute := func(item string) (value string) {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		operation := sdk.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
			ID: id, TaskQueue: taskQueue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		}, bookings, []string{})
		options := bookOptions("", item)
		options.WaitForStage = client.WorkflowUpdateStageCompleted
		handle, err := sdk.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
			StartWorkflowOperation: operation, UpdateOptions: options,
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := handle.Get(ctx, &value); err != nil {
			t.Fatal(err)
		}
		return value
	}
	expect(t, execute("one"), "Hello, one! 1")
	expect(t, execute("last"), "Hello, last! 2")
	expect(t, result[[]string](t, sdk.GetWorkflow(context.Background(), id, "")), []string{"one", "last"})
}

func TestContinueAsNewAfterUpdate(t *testing.T) {
	run := start(t, bookings, []string{})
	mustUpdate(t, bookOptions(run.GetID(), "one"))
	moveOn := client.UpdateWorkflowOptions{WorkflowID: run.GetID(), UpdateName: "moveOn"}
	expect(t, mustUpdate(t, moveOn), "moving on")
	expect(t, mustUpdate(t, bookOptions(run.GetID(), "last")), "Hello, last! 2")
	expect(t, result[[]string](t, run), []string{"one", "last"})
}

func TestFailedUpdates(t *testing.T) {
	t.Parallel()
	run := start(t, bookings, []string{})
	_, err := update(t, bookOptions(run.GetID(), "unlucky"))
	var failure *temporal.ApplicationError
	if !errors.As(err, &failure) || failure.Type() != "Unlucky" {
		t.Fatalf("got %v", err)
	}
	_, err = update(t, client.UpdateWorkflowOptions{WorkflowID: run.GetID(), UpdateName: "unknown"})
	if !errors.As(err, &failure) {
		t.Fatalf("got %v", err)
	}
	mustUpdate(t, bookOptions(run.GetID(), "last"))
	expect(t, result[[]string](t, run), []string{"last"})
}

func TestUpdateOnceForOneID(t *testing.T) {
	t.Parallel()
	run := start(t, bookings, []string{})
	options := bookOptions(run.GetID(), "one")
	options.UpdateID = "same"
	for range 3 {
		expect(t, mustUpdate(t, options), "Hello, one! 1")
	}
	mustUpdate(t, bookOptions(run.GetID(), "last"))
	expect(t, result[[]string](t, run), []string{"one", "last"})
}

func TestUpdateWithStartOfRunningWorkflow(t *testing.T) {
	t.Parallel()
	run := start(t, bookings, []string{})
	options := bookOptions("", "one")
	options.WaitForStage = client.WorkflowUpdateStageCompleted
	_, err := sdk.UpdateWithStartWorkflow(context.Background(), client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: sdk.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
			ID: run.GetID(), TaskQueue: taskQueue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
		}, bookings, []string{}),
		UpdateOptions: options,
	})
	var taken *serviceerror.WorkflowExecutionAlreadyStarted
	if !errors.As(err, &taken) {
		t.Fatalf("got %v", err)
	}
	mustUpdate(t, bookOptions(run.GetID(), "last"))
	expect(t, result[[]string](t, run), []string{"last"})
}
