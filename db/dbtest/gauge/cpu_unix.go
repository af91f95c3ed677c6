//go:build unix

package gauge

import (
	"syscall"
	"time"
)

// ProcessorTime is what the process has used of all processors: a figure that holds
// on a busy machine too.
func ProcessorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
