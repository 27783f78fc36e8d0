package main

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"
)

func fanoutWF(ctx workflow.Context, n int) (int, error) {
	ctx = actOpts(ctx)
	fs := make([]workflow.Future, n)
	for i := range fs {
		fs[i] = workflow.ExecuteActivity(ctx, "echo", "x")
	}
	for _, f := range fs {
		if err := f.Get(ctx, nil); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// fanout starts -concurrency workflows of -count parallel activities each.
func fanout(ctx context.Context, r map[string]any) error {
	n := def(cfg.count, 1000)
	return withSDK(r, func(c client.Client, tq string) error {
		if run, err := c.ExecuteWorkflow(ctx, so(runTag+"-warm", tq), "fanout", 20); err != nil {
			return err
		} else if err = run.Get(ctx, nil); err != nil {
			return err
		}
		m := startMeter(cfg.groups, cfg.dbCmd)
		t := time.Now()
		var ms latencies
		errs := make(chan error, cfg.concurrency)
		for i := 0; i < cfg.concurrency; i++ {
			go func() {
				run, err := c.ExecuteWorkflow(ctx, so(fmt.Sprintf("%s-f%d", runTag, i), tq), "fanout", n)
				if err == nil {
					err = run.Get(ctx, nil)
				}
				ms.add(time.Since(t))
				errs <- err
			}()
		}
		for i := 0; i < cfg.concurrency; i++ {
			if err := <-errs; err != nil {
				return err
			}
		}
		d := m.stop(r, float64(n*cfg.concurrency))
		r["activities"] = n * cfg.concurrency
		r["total_s"] = round(d.Seconds(), 3)
		r["per_s"] = round(float64(n*cfg.concurrency)/d.Seconds(), 1)
		putLatency(r, "", ms.ms)
		return nil
	})
}
