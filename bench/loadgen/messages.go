package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"
)

func signalWF(ctx workflow.Context) (int, error) {
	n, want := 0, -1
	sig, end := workflow.GetSignalChannel(ctx, "s"), workflow.GetSignalChannel(ctx, "end")
	sel := workflow.NewSelector(ctx)
	sel.AddReceive(sig, func(c workflow.ReceiveChannel, _ bool) {
		var at int64
		c.Receive(ctx, &at)
		n++
		if !workflow.IsReplaying(ctx) {
			processed.add(time.Since(time.Unix(0, at)))
		}
	})
	sel.AddReceive(end, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, &want) })
	for want < 0 || n < want {
		sel.Select(ctx)
	}
	return n, nil
}

func handlerWF(ctx workflow.Context) error {
	n := 0
	if err := workflow.SetUpdateHandler(ctx, "u", func(ctx workflow.Context, d int) (int, error) { n += d; return n, nil }); err != nil {
		return err
	}
	if err := workflow.SetQueryHandler(ctx, "q", func() (int, error) { return n, nil }); err != nil {
		return err
	}
	workflow.GetSignalChannel(ctx, "end").Receive(ctx, nil)
	return nil
}

// signalScenario sends until the window ends or the count is spent, then
// waits until every signal has been handled by workflow code.
func signalScenario(ctx context.Context, r map[string]any) error {
	nw := def(cfg.workflows, 1)
	budget := int64(def(cfg.count, 9000*nw)) // servers bound the signals of one run (10,000 by default)
	return withSDK(r, func(c client.Client, tq string) error {
		runs := make([]client.WorkflowRun, nw)
		for i := range runs {
			var err error
			if runs[i], err = c.ExecuteWorkflow(ctx, so(fmt.Sprintf("%s-s%d", runTag, i), tq), "signal"); err != nil {
				return err
			}
		}
		time.Sleep(500 * time.Millisecond)
		m := startMeter(cfg.groups, cfg.dbCmd)
		begin := time.Now()
		sent := make([]atomic.Int64, nw)
		var total, errs atomic.Int64
		var last atomic.Value
		var send latencies
		var wg sync.WaitGroup
		for g := 0; g < cfg.concurrency; g++ {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := g; time.Since(begin) < cfg.duration && total.Add(1) <= budget; i += cfg.concurrency {
					k := i % nw
					t := time.Now()
					if err := c.SignalWorkflow(ctx, runs[k].GetID(), "", "s", t.UnixNano()); err != nil {
						errs.Add(1)
						last.Store(err.Error())
						continue
					}
					send.add(time.Since(t))
					sent[k].Add(1)
				}
			}()
		}
		wg.Wait()
		sendFor := time.Since(begin)
		var n int64
		for i := range sent {
			n += sent[i].Load()
		}
		for deadline := time.Now().Add(60 * time.Second); int64(processed.len()) < n && time.Now().Before(deadline); {
			time.Sleep(5 * time.Millisecond)
		}
		all := m.stop(r, float64(n))
		r["workflows"], r["sent"], r["processed"] = nw, n, processed.len()
		r["per_s"] = round(float64(n)/sendFor.Seconds(), 1)
		r["processed_per_s"] = round(float64(processed.len())/all.Seconds(), 1)
		putLatency(r, "send_", send.ms)
		putLatency(r, "handled_", processed.ms)
		if e := errs.Load(); e > 0 {
			r["errors"], r["last_error"] = e, last.Load()
		}
		for i := range runs {
			_ = c.TerminateWorkflow(ctx, runs[i].GetID(), "", "end")
		}
		return nil
	})
}

// handlers starts one workflow per slot and renews a slot's workflow when its
// budget of updates is spent (servers bound the updates of one run).
type handlers struct {
	c     client.Client
	tq    string
	ids   []string
	used  []int
	round []int
}

func (h *handlers) open(ctx context.Context, k int) error {
	if h.ids[k] != "" {
		_ = h.c.TerminateWorkflow(ctx, h.ids[k], "", "end")
	}
	h.round[k]++
	id := fmt.Sprintf("%s-h%d-%d", runTag, k, h.round[k])
	if _, err := h.c.ExecuteWorkflow(ctx, so(id, h.tq), "handler"); err != nil {
		return err
	}
	h.ids[k], h.used[k] = id, 0
	v, err := h.c.QueryWorkflow(ctx, id, "", "q") // waits until the first task is done
	if err == nil {
		var n int
		err = v.Get(&n)
	}
	return err
}

func withHandlers(ctx context.Context, r map[string]any, op func(ctx context.Context, c client.Client, id string) error) error {
	nw := def(cfg.workflows, cfg.concurrency)
	return withSDK(r, func(c client.Client, tq string) error {
		h := &handlers{c, tq, make([]string, nw), make([]int, nw), make([]int, nw)}
		for k := 0; k < nw; k++ {
			if err := h.open(ctx, k); err != nil {
				return err
			}
		}
		r["workflows"] = nw
		err := closedLoop(ctx, r, cfg.concurrency, 1, func(ctx context.Context, g, i int) error {
			k := g % nw
			if nw >= cfg.concurrency {
				if h.used[k] >= 1900 {
					if err := h.open(ctx, k); err != nil {
						return err
					}
				}
				h.used[k]++
			}
			return op(ctx, c, h.ids[k])
		})
		for _, id := range h.ids {
			_ = c.TerminateWorkflow(ctx, id, "", "end")
		}
		return err
	})
}

func updateScenario(ctx context.Context, r map[string]any) error {
	return withHandlers(ctx, r, func(ctx context.Context, c client.Client, id string) error {
		u, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{WorkflowID: id, UpdateName: "u", Args: []any{1},
			WaitForStage: client.WorkflowUpdateStageCompleted})
		if err != nil {
			return err
		}
		var n int
		return u.Get(ctx, &n)
	})
}

func queryScenario(ctx context.Context, r map[string]any) error {
	return withHandlers(ctx, r, func(ctx context.Context, c client.Client, id string) error {
		v, err := c.QueryWorkflow(ctx, id, "", "q")
		if err != nil {
			return err
		}
		var n int
		return v.Get(&n)
	})
}
