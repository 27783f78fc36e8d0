package sdkgo

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// sagaLog notes what saga steps and compensations did, by workflow ID.
var sagaLog sync.Map

func greet(_ context.Context, name string) (string, error) { return "Hello, " + name + "!", nil }

// succeedAt fails until the given attempt.
func succeedAt(ctx context.Context, attempt int32) (int32, error) {
	now := activity.GetInfo(ctx).Attempt
	if now < attempt {
		return 0, errors.New("too early")
	}
	return now, nil
}

// countWithHeartbeats heartbeats its progress, fails once half way, and goes on from there.
func countWithHeartbeats(ctx context.Context, limit int) (int, error) {
	resumedAt := 0
	if activity.HasHeartbeatDetails(ctx) {
		if err := activity.GetHeartbeatDetails(ctx, &resumedAt); err != nil {
			return 0, err
		}
	}
	for number := resumedAt; number < limit; number++ {
		activity.RecordHeartbeat(ctx, number)
		if number == limit/2 && resumedAt == 0 {
			return 0, errors.New("half way")
		}
	}
	return resumedAt, nil
}

// book notes a step of a saga; there is no seat on the plane.
func book(ctx context.Context, step string) error {
	id := activity.GetInfo(ctx).WorkflowExecution.ID
	known, _ := sagaLog.LoadOrStore(id, []string{})
	sagaLog.Store(id, append(known.([]string), step))
	if step == "book plane" {
		return temporal.NewNonRetryableApplicationError("no seat left", "NoSeat", nil)
	}
	return nil
}

func withOptions(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second,
		HeartbeatTimeout:    5 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 50 * time.Millisecond},
	})
}

func hello(ctx workflow.Context, name string) (greeting string, err error) {
	err = workflow.ExecuteActivity(withOptions(ctx), greet, name).Get(ctx, &greeting)
	return greeting, err
}

func timer(ctx workflow.Context, delay time.Duration) (string, error) {
	return "rang", workflow.Sleep(ctx, delay)
}

func collect(ctx workflow.Context, count int) (items []string, err error) {
	if err := workflow.SetQueryHandler(ctx, "items", func() ([]string, error) { return items, nil }); err != nil {
		return nil, err
	}
	channel := workflow.GetSignalChannel(ctx, "add")
	for len(items) < count {
		var item string
		channel.Receive(ctx, &item)
		items = append(items, item)
	}
	return items, nil
}

func retry(ctx workflow.Context) (attempt int32, err error) {
	err = workflow.ExecuteActivity(withOptions(ctx), succeedAt, 3).Get(ctx, &attempt)
	return attempt, err
}

func heartbeat(ctx workflow.Context) (resumedAt int, err error) {
	err = workflow.ExecuteActivity(withOptions(ctx), countWithHeartbeats, 6).Get(ctx, &resumedAt)
	return resumedAt, err
}

func countDown(ctx workflow.Context, left int) (string, error) {
	if left > 0 {
		return "", workflow.NewContinueAsNewError(ctx, countDown, left-1)
	}
	return "done", nil
}

func saga(ctx workflow.Context) error {
	ctx = withOptions(ctx)
	var compensations []string
	for _, step := range []string{"car", "hotel", "plane"} {
		if err := workflow.ExecuteActivity(ctx, book, "book "+step).Get(ctx, nil); err != nil {
			for index := len(compensations) - 1; index >= 0; index-- {
				_ = workflow.ExecuteActivity(ctx, book, compensations[index]).Get(ctx, nil)
			}
			return err
		}
		compensations = append(compensations, "cancel "+step)
	}
	return nil
}

// various uses a side effect, a version and a local activity, which all become markers.
func various(ctx workflow.Context) (greeting string, err error) {
	var number int
	if err := workflow.SideEffect(ctx, func(workflow.Context) any { return 7 }).Get(&number); err != nil {
		return "", err
	}
	if workflow.GetVersion(ctx, "change", workflow.DefaultVersion, 1) != 1 || number != 7 {
		return "", errors.New("wrong version or side effect")
	}
	local := workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{ScheduleToCloseTimeout: 5 * time.Second})
	err = workflow.ExecuteLocalActivity(local, greet, "local").Get(ctx, &greeting)
	return greeting, err
}

// waitForCancel ends when it is cancelled, after an activity that cleans up.
func waitForCancel(ctx workflow.Context) error {
	err := workflow.Sleep(ctx, time.Hour)
	detached, _ := workflow.NewDisconnectedContext(ctx)
	if cleanErr := workflow.ExecuteActivity(withOptions(detached), greet, "cleaner").Get(detached, nil); cleanErr != nil {
		return cleanErr
	}
	return err
}
