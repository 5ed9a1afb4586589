//go:build unix

package main

import (
	"syscall"
	"time"
)

// ownCPU is what this process has computed so far, in seconds.
func ownCPU() float64 {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}
