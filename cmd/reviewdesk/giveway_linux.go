package main

import (
	"errors"
	"os"
	"strconv"
	"syscall"
)

// lowest is the priority of work that is done when nobody else wants the processor.
const lowest = 19

// giveWay puts this process behind every other. On Linux priorities are those of
// threads: a new one takes its maker's.
func giveWay() error {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	var errs []error
	for _, t := range threads {
		id, err := strconv.Atoi(t.Name())
		if err == nil {
			err = syscall.Setpriority(syscall.PRIO_PROCESS, id, lowest)
		}
		if !errors.Is(err, syscall.ESRCH) { // a thread may have ended meanwhile
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
