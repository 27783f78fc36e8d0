package main

import (
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"syscall"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
)

// startup spawns the command after "--", waits for the first answers, reads
// the idle memory and CPU, and ends the process.
func startup(ctx context.Context, r map[string]any) error {
	args := flag.Args()
	if len(args) == 0 {
		return errors.New("startup needs the server's command line after --")
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	t := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		done := make(chan struct{})
		go func() { _ = cmd.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		}
	}()
	if err := untilReady(ctx, r, t); err != nil {
		return err
	}
	g := procGroup{label: "server", pids: []int{cmd.Process.Pid}}
	r["startup_cpu_s"] = g.cpuSeconds()
	time.Sleep(cfg.settle)
	c0 := g.cpuSeconds()
	time.Sleep(cfg.settle)
	r["idle_cpu_pct"] = round((g.cpuSeconds()-c0)*100/cfg.settle.Seconds(), 2)
	r["rss_mb_idle"] = round(g.rssMB(), 1)
	return nil
}

// ready waits until a server that is being started serves the namespace.
func ready(ctx context.Context, r map[string]any) error { return untilReady(ctx, r, time.Now()) }

// untilReady asks until the server answers, and notes when it first did.
func untilReady(ctx context.Context, r map[string]any, t time.Time) error {
	cc, err := grpc.NewClient(cfg.target, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithConnectParams(grpc.ConnectParams{MinConnectTimeout: time.Second,
			Backoff: backoff.Config{BaseDelay: 5 * time.Millisecond, Multiplier: 1, MaxDelay: 5 * time.Millisecond}}))
	if err != nil {
		return err
	}
	svc := workflowservice.NewWorkflowServiceClient(cc)
	until := func(f func(context.Context) error) (float64, error) {
		for {
			c, cancel := context.WithTimeout(ctx, time.Second)
			err := f(c)
			cancel()
			if err == nil {
				return round(time.Since(t).Seconds()*1000, 1), nil
			}
			if time.Since(t) > time.Minute {
				return 0, err
			}
			time.Sleep(3 * time.Millisecond)
		}
	}
	if r["system_info_ms"], err = until(func(c context.Context) error {
		x, err := svc.GetSystemInfo(c, &workflowservice.GetSystemInfoRequest{})
		if err == nil {
			r["server_version"] = x.ServerVersion
		}
		return err
	}); err != nil {
		return err
	}
	if r["list_namespaces_ms"], err = until(func(c context.Context) error {
		_, err := svc.ListNamespaces(c, &workflowservice.ListNamespacesRequest{})
		return err
	}); err != nil {
		return err
	}
	if r["default_namespace_ms"], err = until(func(c context.Context) error {
		_, err := svc.DescribeNamespace(c, &workflowservice.DescribeNamespaceRequest{Namespace: cfg.namespace})
		return err
	}); err != nil {
		return err
	}
	return nil
}
