package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

type nolog struct{}

func (nolog) Debug(string, ...interface{}) {}
func (nolog) Info(string, ...interface{})  {}
func (nolog) Warn(string, ...interface{})  {}
func (nolog) Error(string, ...interface{}) {}

func dialSDK() (client.Client, error) {
	return client.Dial(client.Options{HostPort: cfg.target, Namespace: cfg.namespace, Logger: nolog{}, Identity: ident})
}

// latencies collects samples that workflow code takes of the real clock.
type latencies struct {
	mu sync.Mutex
	ms []float64
}

func (l *latencies) add(d time.Duration) {
	l.mu.Lock()
	l.ms = append(l.ms, float64(d.Nanoseconds())/1e6)
	l.mu.Unlock()
}

func (l *latencies) len() int { l.mu.Lock(); defer l.mu.Unlock(); return len(l.ms) }

// processed holds how long each signal took until workflow code had it.
var processed latencies

// echoes counts activities.
var echoes atomic.Int64

func echo(_ context.Context, s string) (string, error) { echoes.Add(1); return s, nil }

func actOpts(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 2 * time.Minute, DisableEagerExecution: cfg.noEager})
}

func newWorker(c client.Client, tq string) worker.Worker {
	p := pollersFor(cfg.concurrency)
	w := worker.New(c, tq, worker.Options{
		MaxConcurrentWorkflowTaskPollers: max(p, 2), MaxConcurrentActivityTaskPollers: p,
		DisableEagerActivities: cfg.noEager, Identity: ident,
	})
	for name, f := range map[string]any{"hello": helloWF, "chain": chainWF, "fanout": fanoutWF, "signal": signalWF, "handler": handlerWF} {
		w.RegisterWorkflowWithOptions(f, workflow.RegisterOptions{Name: name})
	}
	w.RegisterActivityWithOptions(echo, activity.RegisterOptions{Name: "echo"})
	return w
}

// withSDK runs f with a connected client and a running worker.
func withSDK(r map[string]any, f func(c client.Client, tq string) error) error {
	worker.SetStickyWorkflowCacheSize(200000)
	c, err := dialSDK()
	if err != nil {
		return err
	}
	defer c.Close()
	w := newWorker(c, runTag)
	if err := w.Start(); err != nil {
		return err
	}
	defer w.Stop()
	r["eager"], r["pollers"] = !cfg.noEager, pollersFor(cfg.concurrency)
	return f(c, runTag)
}

func so(id, tq string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{ID: id, TaskQueue: tq}
}
