// load keeps a fixed number of do-nothing unary RPCs in flight and meters the server's CPU.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
)

// rawCodec sends and receives bytes as they are: the client spends nothing on messages.
type rawCodec struct{}

func (rawCodec) Marshal(v any) ([]byte, error)      { return *v.(*[]byte), nil }
func (rawCodec) Unmarshal(data []byte, v any) error { *v.(*[]byte) = append([]byte(nil), data...); return nil }
func (rawCodec) Name() string                       { return "proto" }

// clockTicks is USER_HZ, which is 100 on every Linux that Go supports.
const clockTicks = 100

func cpuSeconds(pid int) float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	rest := string(b[strings.LastIndexByte(string(b), ')')+2:])
	f := strings.Fields(rest)
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return float64(user+system) / clockTicks
}

func main() {
	target := flag.String("target", "", "host:port")
	pid := flag.Int("pid", 0, "server process to meter")
	concurrency := flag.Int("concurrency", 50, "calls in flight")
	conns := flag.Int("conns", 2, "connections")
	size := flag.Int("size", 200, "bytes of the request message")
	warmup := flag.Duration("warmup", 2*time.Second, "unmeasured lead-in")
	duration := flag.Duration("duration", 5*time.Second, "measured window")
	flag.Parse()

	clients := make([]*grpc.ClientConn, *conns)
	for i := range clients {
		cc, err := grpc.NewClient(*target, grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithDefaultCallOptions(grpc.ForceCodec(rawCodec{})))
		if err != nil {
			panic(err)
		}
		clients[i] = cc
	}
	var done, failed atomic.Int64
	var stop, recording atomic.Bool
	var lastError atomic.Value
	latencies := make([][]float64, *concurrency)
	message := make([]byte, *size)
	var group sync.WaitGroup
	for w := 0; w < *concurrency; w++ {
		group.Add(1)
		go func() {
			defer group.Done()
			client := clients[w%len(clients)]
			base := metadata.AppendToOutgoingContext(context.Background(),
				"client-name", "temporal-go", "client-version", "1.50.0", "temporal-namespace", "default",
				"supported-server-versions", ">=1.0.0 <2.0.0")
			for !stop.Load() {
				ctx, cancel := context.WithTimeout(base, 10*time.Second)
				var reply []byte
				began := time.Now()
				err := client.Invoke(ctx, "/perdure.bench.Echo/Call", &message, &reply)
				cancel()
				if err != nil || len(reply) != *size {
					failed.Add(1)
					lastError.Store(fmt.Sprint(err, len(reply)))
					time.Sleep(time.Millisecond)
					continue
				}
				done.Add(1)
				if recording.Load() {
					latencies[w] = append(latencies[w], float64(time.Since(began).Microseconds()))
				}
			}
		}()
	}
	time.Sleep(*warmup)
	recording.Store(true)
	count, cpu, clientCPU, at := done.Load(), cpuSeconds(*pid), cpuSeconds(os.Getpid()), time.Now()
	time.Sleep(*duration)
	recording.Store(false)
	count, cpu, clientCPU = done.Load()-count, cpuSeconds(*pid)-cpu, cpuSeconds(os.Getpid())-clientCPU
	seconds := time.Since(at).Seconds()
	stop.Store(true)
	group.Wait()
	var all []float64
	for _, l := range latencies {
		all = append(all, l...)
	}
	sort.Float64s(all)
	result := map[string]any{
		"calls": count, "perSecond": float64(count) / seconds, "serverCpuSeconds": cpu,
		"perCpuSecond": float64(count) / cpu, "cpuMicrosPerCall": cpu * 1e6 / float64(count),
		"clientCpuMicrosPerCall": clientCPU * 1e6 / float64(count), "failed": failed.Load(),
	}
	if len(all) > 0 {
		result["p50Micros"], result["p99Micros"] = all[len(all)/2], all[len(all)*99/100]
	}
	if e := lastError.Load(); e != nil {
		result["lastError"] = e
	}
	out, _ := json.Marshal(result)
	fmt.Println(string(out))
}
