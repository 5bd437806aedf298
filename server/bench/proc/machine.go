package proc

import (
	"os"
	"runtime"
	"strings"
)

// Machine is what figures depend on.
type Machine struct {
	CPU    string
	Cores  int
	Memory int64 // bytes
	Kernel string
	Go     string
	// Load is the load average when the run began, "" when not known.
	Load string
}

// ThisMachine describes the one that we run on.
func ThisMachine() Machine {
	m := Machine{CPU: runtime.GOARCH, Cores: runtime.NumCPU(), Kernel: runtime.GOOS, Go: runtime.Version()}
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		m.CPU = value(string(text), "model name", m.CPU)
	}
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		m.Memory = kilobytes(text, "MemTotal:")
	}
	if text, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel += " " + strings.TrimSpace(string(text))
	}
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.Load = strings.Join(strings.Fields(string(text))[:3], " ")
	}
	return m
}

// value reads "name : value".
func value(text, name, fallback string) string {
	for line := range strings.Lines(text) {
		key, found, ok := strings.Cut(line, ":")
		if ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(found)
		}
	}
	return fallback
}
