// Package sdkgo runs the unmodified official Go SDK against the server at PERDURE_TARGET.
package sdkgo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
)

var (
	sdk       client.Client
	taskQueue = fmt.Sprintf("go-%d", time.Now().UnixNano())
)

func TestMain(m *testing.M) {
	quiet := sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler))
	var err error
	if sdk, err = client.Dial(client.Options{HostPort: os.Getenv("PERDURE_TARGET"), Logger: quiet}); err != nil {
		log.Fatal(err)
	}
	w := worker.New(sdk, taskQueue, worker.Options{})
	basic := []any{hello, timer, collect, retry, heartbeat, countDown, saga, various, waitForCancel, bookings}
	for _, program := range slices.Concat(basic, familyWorkflows, activityWorkflows, startWorkflows, visibilityWorkflows, scopeWorkflows) {
		w.RegisterWorkflow(program)
	}
	for _, work := range slices.Concat([]any{greet, succeedAt, countWithHeartbeats, book}, activityActivities) {
		w.RegisterActivity(work)
	}
	if err := w.Start(); err != nil {
		log.Fatal(err)
	}
	code := m.Run()
	w.Stop()
	sdk.Close()
	os.Exit(code)
}

func start(t *testing.T, program any, args ...any) client.WorkflowRun {
	t.Helper()
	return startWith(t, client.StartWorkflowOptions{}, program, args...)
}

// startWith starts a workflow with further options, on the suite's task queue unless they name another.
func startWith(t *testing.T, options client.StartWorkflowOptions, program any, args ...any) client.WorkflowRun {
	t.Helper()
	options.ID = fmt.Sprintf("%s-%d", t.Name(), time.Now().UnixNano())
	options.TaskQueue = cmp.Or(options.TaskQueue, taskQueue)
	run, err := sdk.ExecuteWorkflow(context.Background(), options, program, args...)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func result[T any](t *testing.T, run client.WorkflowRun) (value T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := run.Get(ctx, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func expect(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// receive takes the next value from a channel, or fails when none comes.
func receive[T any](t *testing.T, values <-chan T) (value T) {
	t.Helper()
	select {
	case value = <-values:
	case <-time.After(15 * time.Second):
		t.Fatal("nothing came")
	}
	return value
}

// until asks again until something is true; lists of other servers may lag behind.
func until(t *testing.T, isTrue func() bool) {
	t.Helper()
	for began := time.Now(); !isTrue(); runtime.Gosched() {
		if time.Since(began) > 15*time.Second {
			t.Fatal("still not true")
		}
	}
}

// failureOf waits until a workflow fails and finds a kind of error among the causes.
func failureOf[E error](t *testing.T, run client.WorkflowRun) (failure E) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := run.Get(ctx, nil); !errors.As(err, &failure) {
		t.Fatalf("got %v", err)
	}
	return failure
}

// count returns how many events of one type a history has.
func count(t *testing.T, run client.WorkflowRun, kind enumspb.EventType) (found int) {
	t.Helper()
	for _, event := range events(t, run) {
		if event.EventType == kind {
			found++
		}
	}
	return found
}

func events(t *testing.T, run client.WorkflowRun) (all []*historypb.HistoryEvent) {
	t.Helper()
	iterator := sdk.GetWorkflowHistory(context.Background(), run.GetID(), run.GetRunID(), false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for iterator.HasNext() {
		event, err := iterator.Next()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, event)
	}
	return all
}

func TestHello(t *testing.T) {
	run := start(t, hello, "World")
	expect(t, result[string](t, run), "Hello, World!")
	all := events(t, run)
	expect(t, len(all), 11)
	expect(t, all[10].EventType, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
}

func TestTimer(t *testing.T) {
	began := time.Now()
	expect(t, result[string](t, start(t, timer, 400*time.Millisecond)), "rang")
	if time.Since(began) < 400*time.Millisecond {
		t.Fatal("the timer fired early")
	}
}

func TestSignalAndQuery(t *testing.T) {
	ctx := context.Background()
	run := start(t, collect, 2)
	query := func() (items []string) {
		value, err := sdk.QueryWorkflow(ctx, run.GetID(), "", "items")
		if err != nil {
			t.Fatal(err)
		}
		if err := value.Get(&items); err != nil {
			t.Fatal(err)
		}
		return items
	}
	if err := sdk.SignalWorkflow(ctx, run.GetID(), "", "add", "one"); err != nil {
		t.Fatal(err)
	}
	expect(t, query(), []string{"one"})
	if err := sdk.SignalWorkflow(ctx, run.GetID(), "", "add", "two"); err != nil {
		t.Fatal(err)
	}
	expect(t, result[[]string](t, run), []string{"one", "two"})
	expect(t, query(), []string{"one", "two"})
}

func TestSignalWithStart(t *testing.T) {
	options := client.StartWorkflowOptions{TaskQueue: taskQueue}
	run, err := sdk.SignalWithStartWorkflow(context.Background(), "sws-"+taskQueue, "add", "first", options, collect, 1)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, result[[]string](t, run), []string{"first"})
}

func TestRetriedActivity(t *testing.T) {
	run := start(t, retry)
	expect(t, result[int32](t, run), int32(3))
	for _, event := range events(t, run) {
		if started := event.GetActivityTaskStartedEventAttributes(); started != nil {
			expect(t, started.Attempt, int32(3))
			expect(t, started.LastFailure.Message, "too early")
		}
	}
}

func TestHeartbeatWithResume(t *testing.T) {
	expect(t, result[int](t, start(t, heartbeat)), 3)
}

func TestContinueAsNew(t *testing.T) {
	run := start(t, countDown, 2)
	first := run.GetRunID()
	expect(t, result[string](t, run), "done")
	description, err := sdk.DescribeWorkflowExecution(context.Background(), run.GetID(), first)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, description.WorkflowExecutionInfo.Status, enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW)
}

func TestSaga(t *testing.T) {
	run := start(t, saga)
	var failure *temporal.ApplicationError
	if err := run.Get(context.Background(), nil); !errors.As(err, &failure) {
		t.Fatalf("got %v", err)
	}
	expect(t, failure.Type(), "NoSeat")
	steps, _ := sagaLog.Load(run.GetID())
	expect(t, steps, []string{"book car", "book hotel", "book plane", "cancel hotel", "cancel car"})
}

func TestMarkers(t *testing.T) {
	expect(t, result[string](t, start(t, various)), "Hello, local!")
}

func TestCancelAndTerminate(t *testing.T) {
	ctx := context.Background()
	canceled := start(t, waitForCancel)
	if err := sdk.CancelWorkflow(ctx, canceled.GetID(), ""); err != nil {
		t.Fatal(err)
	}
	var canceledError *temporal.CanceledError
	if err := canceled.Get(ctx, nil); !errors.As(err, &canceledError) {
		t.Fatalf("got %v", err)
	}
	terminated := start(t, collect, 1)
	if err := sdk.TerminateWorkflow(ctx, terminated.GetID(), "", "enough"); err != nil {
		t.Fatal(err)
	}
	var terminatedError *temporal.TerminatedError
	if err := terminated.Get(ctx, nil); !errors.As(err, &terminatedError) {
		t.Fatalf("got %v", err)
	}
}

func TestManyAtOnce(t *testing.T) {
	var runs []client.WorkflowRun
	for range 20 {
		runs = append(runs, start(t, hello, "many"))
	}
	for _, run := range runs {
		expect(t, result[string](t, run), "Hello, many!")
	}
}
