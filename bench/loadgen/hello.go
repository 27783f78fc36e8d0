package main

import (
	"context"
	"fmt"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"
)

func helloWF(ctx workflow.Context, name string) (string, error) {
	var out string
	err := workflow.ExecuteActivity(actOpts(ctx), "echo", name).Get(ctx, &out)
	return out, err
}

func chainWF(ctx workflow.Context, n int) (int, error) {
	ctx = actOpts(ctx)
	for i := 0; i < n; i++ {
		if err := workflow.ExecuteActivity(ctx, "echo", "x").Get(ctx, nil); err != nil {
			return i, err
		}
	}
	return n, nil
}

func hello(ctx context.Context, r map[string]any) error {
	return withSDK(r, func(c client.Client, tq string) error {
		return closedLoop(ctx, r, cfg.concurrency, 1, func(ctx context.Context, g, i int) error {
			run, err := c.ExecuteWorkflow(ctx, so(fmt.Sprintf("%s-%d-%d", runTag, g, i), tq), "hello", "world")
			if err != nil {
				return err
			}
			var s string
			return run.Get(ctx, &s)
		})
	})
}

func echoChain(ctx context.Context, r map[string]any) error {
	return withSDK(r, func(c client.Client, tq string) error {
		r["steps"] = cfg.steps
		var sw stepWindow
		onWindow = func(begin bool) {
			if begin {
				sw.begin = echoes.Load()
			} else {
				sw.end = echoes.Load()
			}
		}
		err := closedLoop(ctx, r, cfg.concurrency, 1, func(ctx context.Context, g, i int) error {
			run, err := c.ExecuteWorkflow(ctx, so(fmt.Sprintf("%s-%d-%d", runTag, g, i), tq), "chain", cfg.steps)
			if err != nil {
				return err
			}
			return run.Get(ctx, nil)
		})
		if err != nil {
			return err
		}
		stepMeter(r, &sw)
		r["step_p50_ms"] = round(r["p50_ms"].(float64)/float64(cfg.steps), 3)
		r["step_p99_ms"] = round(r["p99_ms"].(float64)/float64(cfg.steps), 3)
		return nil
	})
}
