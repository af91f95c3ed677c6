//go:build !unix

package gauge

import "time"

var began = time.Now()

// ProcessorTime is the clock's where the system is not asked.
func ProcessorTime() time.Duration { return time.Since(began) }
