package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// edge is how many starts the first and the last rate are taken from.
const edge = 1000

// idleScenario opens -count workflows whose first task is done and leaves them
// open: how fast the first and the last were started, and what they cost then.
func idleScenario(ctx context.Context, r map[string]any) error {
	n := def(cfg.count, 100000)
	c, err := dialRaw()
	if err != nil {
		return err
	}
	p := pollersFor(cfg.concurrency)
	w := startRawWorker(c, runTag, p, 1)
	defer w.stop(r)
	s := &idleStarter{c: c, n: int64(n), marks: map[int64]mark{}, warm: int64(min(edge, n/10))}
	m := startMeter(cfg.groups, cfg.dbCmd)
	begin := time.Now()
	s.run(ctx)
	created := time.Since(begin)
	for w.wft.Load() < int64(n)+s.warm && time.Since(begin) < 20*time.Minute {
		time.Sleep(20 * time.Millisecond)
	}
	all := m.stop(r, float64(n))
	r["workflows"], r["start_errors"] = n, s.errs.Load()
	if s.errs.Load() > 0 {
		r["last_error"] = s.last.Load()
	}
	r["create_per_s"] = round(float64(n)/created.Seconds(), 1)
	r["create_and_first_task_per_s"] = round(float64(n)/all.Seconds(), 1)
	s.report(r)
	time.Sleep(5 * time.Second)
	for _, g := range cfg.groups {
		r["rss_mb_open_"+g.label] = round(g.rssMB(), 1)
	}
	idle := map[string]any{}
	im := startMeter(cfg.groups, cfg.dbCmd)
	time.Sleep(5 * time.Second)
	im.stop(idle, 0)
	for _, g := range cfg.groups {
		r["idle_cpu_pct_"+g.label] = round(idle["cpu_s_"+g.label].(float64)*20, 2)
	}
	return nil
}

// mark is a reading taken when a certain number of workflows had been started.
type mark struct {
	at  time.Time
	cpu float64
}

// idleStarter starts warm+n workflows; the warm ones let both sides get going
// and count neither for the first rate nor for the last.
type idleStarter struct {
	c          *rawClient
	n, warm    int64
	next, errs atomic.Int64
	last       atomic.Value
	mu         sync.Mutex
	marks      map[int64]mark
}

func (s *idleStarter) run(ctx context.Context) {
	var wg sync.WaitGroup
	for g := 0; g < cfg.concurrency; g++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := s.next.Add(1); i <= s.warm+s.n; i = s.next.Add(1) {
				s.mark(i - s.warm)
				s.start(ctx, i)
			}
		}()
	}
	wg.Wait()
	s.mark(s.n + 1)
}

func (s *idleStarter) mark(started int64) {
	switch started {
	case 1, edge + 1, s.n - edge + 1, s.n + 1:
		cpu := 0.0
		for _, g := range cfg.groups {
			cpu += g.cpuSeconds()
		}
		s.mu.Lock()
		s.marks[started] = mark{time.Now(), cpu}
		s.mu.Unlock()
	}
}

func (s *idleStarter) start(ctx context.Context, i int64) {
	for try := 0; try < 20; try++ {
		_, err := s.c.start(ctx, fmt.Sprintf("%s-i%d", runTag, i), "idle", runTag)
		if err == nil {
			return
		}
		s.errs.Add(1)
		s.last.Store(err.Error())
		time.Sleep(20 * time.Millisecond)
	}
}

func (s *idleStarter) report(r map[string]any) {
	between := func(from, to int64) (perS, cpuMs float64) {
		a, b := s.marks[from], s.marks[to]
		return edge / b.at.Sub(a.at).Seconds(), (b.cpu - a.cpu) * 1000 / edge
	}
	firstRate, firstCPU := between(1, edge+1)
	lastRate, lastCPU := between(s.n-edge+1, s.n+1)
	r["first_per_s"], r["last_per_s"] = round(firstRate, 1), round(lastRate, 1)
	r["last_to_first_pct"] = round(100*lastRate/firstRate, 1)
	r["first_cpu_ms"], r["last_cpu_ms"] = round(firstCPU, 3), round(lastCPU, 3)
}
