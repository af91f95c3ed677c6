package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"reviewdesk/db"
	"reviewdesk/web/hooks"
)

// moveEvery is how often the desk looks for cases that are due to move on by
// themselves: none is later than that.
const moveEvery = time.Second / 2

// work starts what a desk that is served does by itself: it moves cases on that were
// made through an API, and tells the platforms. stop ends it and waits for what runs.
func (a *app) work(d *db.DB) (stop func()) {
	ctx, cancel := context.WithCancel(a.ctx)
	var running sync.WaitGroup
	running.Go(func() { hooks.Run(ctx, d, a.log) })
	running.Go(func() { moveCases(ctx, d, a.log) })
	return func() {
		cancel()
		running.Wait()
	}
}

func moveCases(ctx context.Context, d *db.DB, log *slog.Logger) {
	ticker := time.NewTicker(moveEvery)
	defer ticker.Stop()
	for {
		if err := moveDue(ctx, d); err != nil && ctx.Err() == nil {
			log.Error("cases that move on", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// moveDue moves cases on until none is due. While the desk cannot record, they wait.
func moveDue(ctx context.Context, d *db.DB) error {
	for d.Sealed() == "" && d.Writes() {
		if due, err := d.MoveDue(ctx); due == 0 || err != nil {
			return err
		}
	}
	return nil
}
