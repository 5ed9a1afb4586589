package e2e_test

import (
	"os/exec"
	"syscall"
)

// endWithParent has the kernel end the program if the test process dies without its clean-up.
func endWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
