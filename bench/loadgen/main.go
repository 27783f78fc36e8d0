// loadgen drives a Temporal-compatible server and prints one line of figures.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

type config struct {
	target, namespace, scenario string
	concurrency                 int
	duration, warmup, drain     time.Duration
	settle                      time.Duration
	asJSON                      bool
	noEager                     bool
	pollers, conns              int
	steps, count, workflows     int
	sticky                      bool
	pids, dbCmd, label          string
	payload                     int
	groups                      []procGroup
}

var cfg config

func main() {
	tgt := os.Getenv("TARGET")
	if tgt == "" {
		tgt = "127.0.0.1:7233"
	}
	flag.StringVar(&cfg.target, "target", tgt, "host:port of the gRPC frontend (default from TARGET)")
	flag.StringVar(&cfg.namespace, "namespace", "default", "namespace")
	flag.StringVar(&cfg.scenario, "scenario", "hello", "hello|hello-raw|echo-chain|chain-raw|fanout|signal|update|query|idle|startup|ready|rpc")
	flag.IntVar(&cfg.concurrency, "concurrency", 50, "closed-loop workers")
	flag.DurationVar(&cfg.duration, "duration", 10*time.Second, "measured window")
	flag.DurationVar(&cfg.warmup, "warmup", 2*time.Second, "unmeasured lead-in of closed-loop scenarios")
	flag.DurationVar(&cfg.drain, "drain", 60*time.Second, "how long a closed loop waits for what is still under way")
	flag.DurationVar(&cfg.settle, "settle", 5*time.Second, "startup: how long the server is left alone before its idle figures are read, and while")
	flag.BoolVar(&cfg.asJSON, "json", true, "one JSON line (false: key=value lines)")
	flag.BoolVar(&cfg.noEager, "no-eager", false, "never ask for eager activities")
	flag.IntVar(&cfg.pollers, "pollers", 0, "pollers per task kind (0: chosen from the concurrency)")
	flag.IntVar(&cfg.conns, "conns", 2, "gRPC connections of the raw client")
	flag.IntVar(&cfg.steps, "steps", 100, "activities per workflow of echo-chain/chain-raw")
	flag.IntVar(&cfg.count, "count", 0, "size of fanout/idle/signal (0: the scenario's own)")
	flag.IntVar(&cfg.workflows, "workflows", 0, "workflows that signal/update/query spread over (0: the scenario's own)")
	flag.BoolVar(&cfg.sticky, "sticky", false, "raw worker uses a sticky queue")
	flag.StringVar(&cfg.pids, "pid", "", "server processes to meter: [label=]pid[+pid],...")
	flag.StringVar(&cfg.dbCmd, "db-cmd", "", "shell command that prints the size of the store in bytes")
	flag.StringVar(&cfg.label, "label", "", "copied into the output")
	flag.IntVar(&cfg.payload, "payload", 16, "bytes of the activity's input")
	flag.Parse()

	var err error
	if cfg.groups, err = parseGroups(cfg.pids); err != nil {
		fail(err)
	}
	scen := map[string]func(context.Context, map[string]any) error{
		"hello": hello, "hello-raw": helloRaw, "echo-chain": echoChain, "chain-raw": chainRaw,
		"fanout": fanout, "signal": signalScenario, "update": updateScenario, "query": queryScenario,
		"idle": idleScenario, "startup": startup, "ready": ready, "rpc": rpcScenario,
	}[cfg.scenario]
	if scen == nil {
		fail(fmt.Errorf("unknown scenario %q", cfg.scenario))
	}
	r := map[string]any{"scenario": cfg.scenario, "concurrency": cfg.concurrency, "target": cfg.target}
	if cfg.label != "" {
		r["label"] = cfg.label
	}
	if err := scen(context.Background(), r); err != nil {
		r["error"] = err.Error()
	}
	emit(r)
	if r["error"] != nil {
		os.Exit(1)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(2)
}

func emit(r map[string]any) {
	if cfg.asJSON {
		b, _ := json.Marshal(r)
		fmt.Println(string(b))
		return
	}
	keys := make([]string, 0, len(r))
	for k := range r {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		fmt.Printf("%s=%v\n", k, r[k])
	}
}

// onWindow, when set, is called at both ends of the measured window.
var onWindow func(begin bool)

// closedLoop keeps n goroutines busy calling op, drops the lead-in, meters the
// window and reports completions per second and latency quantiles.
func closedLoop(ctx context.Context, r map[string]any, n int, unit float64, op func(ctx context.Context, worker, i int) error) error {
	var recording atomic.Bool
	var stop atomic.Bool
	var errs atomic.Int64
	var lastErr atomic.Value
	lats := make([][]float64, n)
	var wg sync.WaitGroup
	for w := 0; w < n; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; !stop.Load(); i++ {
				t := time.Now()
				err := op(ctx, w, i)
				d := time.Since(t)
				if err != nil {
					errs.Add(1)
					lastErr.Store(err.Error())
					time.Sleep(5 * time.Millisecond)
					continue
				}
				if recording.Load() {
					lats[w] = append(lats[w], float64(d.Nanoseconds())/1e6)
				}
			}
		}()
	}
	time.Sleep(cfg.warmup)
	m := startMeter(cfg.groups, cfg.dbCmd)
	recording.Store(true)
	if onWindow != nil {
		onWindow(true)
	}
	time.Sleep(cfg.duration)
	recording.Store(false)
	if onWindow != nil {
		onWindow(false)
	}
	var all []float64
	cnt := 0
	for _, l := range lats { // racy by at most one entry per goroutine
		cnt += len(l)
	}
	d := m.stop(r, float64(cnt)*unit)
	stop.Store(true)
	if cnt == 0 && onWindow == nil {
		return fmt.Errorf("nothing completed in the window")
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(cfg.drain):
		r["stuck"] = true
	}
	for _, l := range lats {
		all = append(all, l...)
	}
	r["ops"] = cnt
	r["per_s"] = round(float64(cnt)*unit/d.Seconds(), 2)
	putLatency(r, "", all)
	if e := errs.Load(); e > 0 {
		r["errors"] = e
		r["last_error"] = lastErr.Load()
	}
	return nil
}

func def(v, d int) int {
	if v > 0 {
		return v
	}
	return d
}
