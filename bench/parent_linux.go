package main

import (
	"os/exec"
	"syscall"
)

// endWithParent has the kernel end a program if this one dies without its clean-up.
func endWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
