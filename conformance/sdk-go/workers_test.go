package sdkgo

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// begun and released hold channels by workflow ID: an activity has begun, and may end.
var begun, released sync.Map

func signalOf(signals *sync.Map, workflowID string) chan int32 {
	channel, _ := signals.LoadOrStore(workflowID, make(chan int32, 8))
	return channel.(chan int32)
}

// hold works until it is released, or until its worker stops.
func hold(ctx context.Context) (int32, error) {
	info := activity.GetInfo(ctx)
	signalOf(&begun, info.WorkflowExecution.ID) <- info.Attempt
	select {
	case <-signalOf(&released, info.WorkflowExecution.ID):
		return info.Attempt, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func held(ctx workflow.Context) (attempt int32, err error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 20 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 50 * time.Millisecond},
	})
	err = workflow.ExecuteActivity(ctx, hold).Get(ctx, &attempt)
	return attempt, err
}

// unversioned and versioned are a workflow before and after a change.
func unversioned(ctx workflow.Context) (string, error) { return proceed(ctx, "old") }

func versioned(ctx workflow.Context) (string, error) {
	if workflow.GetVersion(ctx, "greeting", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return proceed(ctx, "old")
	}
	return proceed(ctx, "new")
}

func proceed(ctx workflow.Context, answer string) (string, error) {
	isWaiting := func() (bool, error) { return true, nil }
	if err := workflow.SetQueryHandler(ctx, "isWaiting", isWaiting); err != nil {
		return "", err
	}
	workflow.GetSignalChannel(ctx, "proceed").Receive(ctx, nil)
	return answer, nil
}

// startWorker starts a worker of its own task queue, with a program in the place of "versioned".
func startWorker(t *testing.T, queue string, program any) worker.Worker {
	t.Helper()
	w := worker.New(sdk, queue, worker.Options{WorkerStopTimeout: 10 * time.Second})
	for _, each := range []any{collect, held} {
		w.RegisterWorkflow(each)
	}
	w.RegisterActivity(hold)
	w.RegisterWorkflowWithOptions(program, workflow.RegisterOptions{Name: "versioned"})
	must(t, w.Start())
	return w
}

// stop stops a worker; its workflows leave the cache, which all workers of the process share.
func stop(w worker.Worker) {
	w.Stop()
	worker.PurgeStickyWorkflowCache()
}

func ownQueue(t *testing.T) (string, client.StartWorkflowOptions) {
	queue := fmt.Sprintf("%s-%s", t.Name(), taskQueue)
	return queue, client.StartWorkflowOptions{TaskQueue: queue}
}

// addAndWait signals an item and waits by a query until the workflow has taken it.
func addAndWait(t *testing.T, run client.WorkflowRun, item string) {
	t.Helper()
	must(t, sdk.SignalWorkflow(context.Background(), run.GetID(), "", "add", item))
	value, err := sdk.QueryWorkflow(context.Background(), run.GetID(), "", "items")
	must(t, err)
	var items []string
	must(t, value.Get(&items))
	expect(t, items[len(items)-1], item)
}

func TestTakeOver(t *testing.T) {
	t.Parallel()
	queue, options := ownQueue(t)
	first := startWorker(t, queue, versioned)
	run := startWith(t, options, collect, 3)
	addAndWait(t, run, "one")
	stop(first)
	must(t, sdk.SignalWorkflow(context.Background(), run.GetID(), "", "add", "two"))
	defer stop(startWorker(t, queue, versioned))
	addAndWait(t, run, "three")
	expect(t, result[[]string](t, run), []string{"one", "two", "three"})
	expect(t, count(t, run, enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED), 0)
}

func TestResetStickyTaskQueue(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	queue, options := ownQueue(t)
	defer stop(startWorker(t, queue, versioned))
	run := startWith(t, options, collect, 2)
	addAndWait(t, run, "one")
	_, err := sdk.WorkflowService().ResetStickyTaskQueue(ctx, &workflowservice.ResetStickyTaskQueueRequest{
		Namespace: "default", Execution: &commonpb.WorkflowExecution{WorkflowId: run.GetID()},
	})
	must(t, err)
	must(t, sdk.SignalWorkflow(ctx, run.GetID(), "", "add", "two"))
	expect(t, result[[]string](t, run), []string{"one", "two"})
	var scheduled []string
	for _, event := range events(t, run) {
		if attributes := event.GetWorkflowTaskScheduledEventAttributes(); attributes != nil {
			scheduled = append(scheduled, attributes.TaskQueue.Name)
		}
	}
	expect(t, scheduled[len(scheduled)-1], queue)
}

// A worker waits for its activity when it stops; what comes after is another worker's.
func TestWorkerStop(t *testing.T) {
	t.Parallel()
	queue, options := ownQueue(t)
	first := startWorker(t, queue, versioned)
	run := startWith(t, options, held)
	receive(t, signalOf(&begun, run.GetID()))
	stopped := make(chan bool, 1)
	go func() {
		stop(first)
		stopped <- true
	}()
	signalOf(&released, run.GetID()) <- 1
	receive(t, stopped)
	defer stop(startWorker(t, queue, versioned))
	expect(t, result[int32](t, run), int32(1))
}

func TestVersionUpgrade(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	queue, options := ownQueue(t)
	begin := func() client.WorkflowRun {
		run := startWith(t, options, "versioned")
		_, err := sdk.QueryWorkflow(ctx, run.GetID(), "", "isWaiting")
		must(t, err)
		return run
	}
	end := func(run client.WorkflowRun) string {
		must(t, sdk.SignalWorkflow(ctx, run.GetID(), "", "proceed", nil))
		return result[string](t, run)
	}
	before := startWorker(t, queue, unversioned)
	old := begin()
	stop(before)
	defer stop(startWorker(t, queue, versioned))
	expect(t, end(old), "old")
	changed := begin()
	query := fmt.Sprintf("WorkflowId = '%s' AND TemporalChangeVersion = 'greeting-1'", changed.GetID())
	until(t, func() bool {
		found, _ := countOf(t, query)
		return found == 1
	})
	expect(t, end(changed), "new")
	expect(t, count(t, changed, enumspb.EVENT_TYPE_MARKER_RECORDED), 1)
}
