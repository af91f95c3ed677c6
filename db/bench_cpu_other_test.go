//go:build !unix

package db

import "time"

func processorTime() time.Duration { return 0 }
