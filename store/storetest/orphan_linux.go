package storetest

import (
	"os/exec"
	"syscall"
)

// endWithParent has the kernel end the server if the test process dies without its clean-up.
func endWithParent(server *exec.Cmd) {
	server.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
