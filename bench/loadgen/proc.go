package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// procGroup is a set of process ids (each with all of its descendants) whose
// CPU and memory are reported under one label.
type procGroup struct {
	label string
	pids  []int
}

// parseGroups reads "server=12,pg=34+35" or plain "12".
func parseGroups(s string) ([]procGroup, error) {
	var out []procGroup
	for _, part := range strings.Split(s, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		g := procGroup{label: "server"}
		if i := strings.IndexByte(part, '='); i >= 0 {
			g.label, part = part[:i], part[i+1:]
		}
		for _, p := range strings.Split(part, "+") {
			n, err := strconv.Atoi(p)
			if err != nil {
				return nil, fmt.Errorf("bad pid %q", p)
			}
			g.pids = append(g.pids, n)
		}
		out = append(out, g)
	}
	return out, nil
}

func statFields(pid int) (ppid int, ticks int64, ok bool) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, false
	}
	s := string(b)
	i := strings.LastIndexByte(s, ')')
	if i < 0 {
		return 0, 0, false
	}
	f := strings.Fields(s[i+1:])
	ppid, _ = strconv.Atoi(f[1])
	for _, k := range []int{11, 12, 13, 14} { // utime stime cutime cstime
		v, _ := strconv.ParseInt(f[k], 10, 64)
		ticks += v
	}
	return ppid, ticks, true
}

func tree(roots []int) []int {
	kids := map[int][]int{}
	ents, _ := filepath.Glob("/proc/[0-9]*")
	for _, e := range ents {
		pid, err := strconv.Atoi(filepath.Base(e))
		if err != nil {
			continue
		}
		if pp, _, ok := statFields(pid); ok {
			kids[pp] = append(kids[pp], pid)
		}
	}
	seen := map[int]bool{}
	var walk func(int)
	var out []int
	walk = func(p int) {
		if seen[p] {
			return
		}
		seen[p] = true
		out = append(out, p)
		for _, k := range kids[p] {
			walk(k)
		}
	}
	for _, r := range roots {
		walk(r)
	}
	return out
}

// cpuSeconds sums user+system time of the group, dead children included.
func (g procGroup) cpuSeconds() float64 {
	var t int64
	for _, p := range tree(g.pids) {
		_, n, _ := statFields(p)
		t += n
	}
	return float64(t) / 100 // USER_HZ is 100 on every Linux we run on
}

// rssMB sums the resident set size of the group.
func (g procGroup) rssMB() float64 {
	var kb int64
	for _, p := range tree(g.pids) {
		kb += statusKB(p, "VmRSS:")
	}
	return float64(kb) / 1024
}

func (g procGroup) peakMB() float64 {
	var kb int64
	for _, p := range g.pids {
		kb += statusKB(p, "VmHWM:")
	}
	return float64(kb) / 1024
}

func statusKB(pid int, key string) int64 {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for _, l := range strings.Split(string(b), "\n") {
		if strings.HasPrefix(l, key) {
			n, _ := strconv.ParseInt(strings.Fields(l)[1], 10, 64)
			return n
		}
	}
	return 0
}

func selfCPU() float64 {
	var ru syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &ru)
	return float64(ru.Utime.Sec+ru.Stime.Sec) + float64(ru.Utime.Usec+ru.Stime.Usec)/1e6
}

// hostCPU returns busy, steal and total seconds of the whole machine.
func hostCPU() (busy, steal, total float64) {
	b, _ := os.ReadFile("/proc/stat")
	f := strings.Fields(strings.SplitN(string(b), "\n", 2)[0])
	for i, s := range f[1:] {
		v, _ := strconv.ParseFloat(s, 64)
		v /= 100
		if i < 8 {
			total += v
		}
		switch i {
		case 3, 4:
		case 7:
			steal += v
		case 0, 1, 2, 5, 6:
			busy += v
		}
	}
	return
}

func dbBytes(cmd string) int64 {
	if cmd == "" {
		return 0
	}
	out, _ := exec.Command("sh", "-c", cmd).Output() // a file of the list may not exist
	if len(out) == 0 {
		return -1
	}
	var sum int64
	for _, f := range strings.Fields(string(out)) {
		if n, err := strconv.ParseInt(f, 10, 64); err == nil {
			sum += n
		}
	}
	return sum
}

// meter holds the readings at the beginning of a measured window.
type meter struct {
	groups      []procGroup
	cpu         []float64
	self        float64
	busy, steal float64
	total       float64
	at          time.Time
	db          int64
	dbCmd       string
	rssAtStart  []float64
}

func startMeter(groups []procGroup, dbCmd string) *meter {
	m := &meter{groups: groups, dbCmd: dbCmd}
	m.db = dbBytes(dbCmd)
	for _, g := range groups {
		m.rssAtStart = append(m.rssAtStart, g.rssMB())
		m.cpu = append(m.cpu, g.cpuSeconds())
	}
	m.self = selfCPU()
	m.busy, m.steal, m.total = hostCPU()
	m.at = time.Now()
	return m
}

// stop writes the window's figures into r; ops is the number of operations
// (workflows, signals, ...) that the window completed.
func (m *meter) stop(r map[string]any, ops float64) time.Duration {
	d := time.Since(m.at)
	for i, g := range m.groups {
		c := g.cpuSeconds() - m.cpu[i]
		r["cpu_s_"+g.label] = round(c, 3)
		if ops > 0 {
			r["cpu_ms_per_op_"+g.label] = round(1000*c/ops, 4)
		}
	}
	c := selfCPU() - m.self
	r["cpu_s_client"] = round(c, 3)
	if ops > 0 {
		r["cpu_ms_per_op_client"] = round(1000*c/ops, 4)
	}
	b, st, tot := hostCPU()
	if tot > m.total {
		r["host_busy_pct"] = round(100*(b-m.busy)/(tot-m.total), 1)
		r["host_steal_pct"] = round(100*(st-m.steal)/(tot-m.total), 1)
	}
	for i, g := range m.groups {
		r["rss_mb_start_"+g.label] = round(m.rssAtStart[i], 1)
		r["rss_mb_"+g.label] = round(g.rssMB(), 1)
		r["peak_mb_"+g.label] = round(g.peakMB(), 1)
	}
	if m.dbCmd != "" {
		n := dbBytes(m.dbCmd)
		r["db_bytes"] = n
		if ops > 0 {
			r["db_bytes_per_op"] = round(float64(n-m.db)/ops, 1)
		}
	}
	r["window_s"] = round(d.Seconds(), 3)
	return d
}

func round(v float64, n int) float64 {
	s := strconv.FormatFloat(v, 'f', n, 64)
	x, _ := strconv.ParseFloat(s, 64)
	return x
}

func quant(ms []float64, p float64) float64 {
	if len(ms) == 0 {
		return 0
	}
	i := int(p * float64(len(ms)-1))
	return ms[i]
}

func putLatency(r map[string]any, prefix string, ms []float64) {
	sort.Float64s(ms)
	r[prefix+"p50_ms"] = round(quant(ms, .50), 3)
	r[prefix+"p90_ms"] = round(quant(ms, .90), 3)
	r[prefix+"p99_ms"] = round(quant(ms, .99), 3)
	if n := len(ms); n > 0 {
		r[prefix+"max_ms"] = round(ms[n-1], 3)
	}
}
