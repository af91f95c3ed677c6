//go:build !unix

package gauge

import "time"

// ProcessorTime is not known here.
func ProcessorTime() time.Duration { return 0 }
