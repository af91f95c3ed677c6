package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"reviewdesk/audit"
)

type witnessCmd struct {
	Data string   `required:"" placeholder:"DIR" help:"The witness's folder: its key and the head of each log. Made on the first start."`
	Addr string   `default:"127.0.0.1:8090" placeholder:"HOST:PORT" help:"Where to listen; port 0 picks a free one (${default})."`
	Log  []string `required:"" placeholder:"KEY" sep:"none" help:"A verifier key of a log to cosign for. Can be repeated, also for the old and the new key of one log."`
	Name string   `placeholder:"NAME" help:"The witness's name, for the first start, such as audit.example/w1. Default: a made-up one."`
}

// Run serves a witness (C2SP tlog-witness) until it is told to stop.
func (c witnessCmd) Run(a *app) (err error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("witness: %w", err)
	}
	lock, err := holdFolder(c.Data)
	if err != nil {
		return err
	}
	defer lock.Close()
	skey, err := c.key()
	if err != nil {
		return fmt.Errorf("witness: %w", err)
	}
	w, err := audit.OpenWitness(filepath.Join(c.Data, "heads"), skey, c.Log)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return err // says what and where by itself
	}
	defer l.Close()
	if _, err := fmt.Fprintf(a.out, "witness key %s\nlistening on http://%s\n", w.VKey(), l.Addr()); err != nil {
		return err
	}
	return a.serveWitness(w, l)
}

// key reads the witness's secret key, and makes it if there is none yet.
func (c witnessCmd) key() (string, error) {
	path := filepath.Join(c.Data, "witness.key")
	b, err := os.ReadFile(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return string(b), err
	}
	name := c.Name
	if name == "" {
		var id [8]byte
		rand.Read(id[:])
		name = "reviewdesk-witness/" + hex.EncodeToString(id[:])
	}
	skey, vkey, err := audit.NewWitnessKey(name)
	if err != nil {
		return "", err
	}
	if err := writeOnce(filepath.Join(c.Data, "witness.pub"), vkey+"\n"); err != nil {
		return "", err
	}
	return skey, writeOnce(path, skey+"\n")
}

// writeOnce writes a file so that it is on the disk whole or not at all.
func writeOnce(path, text string) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// serveWitness answers until the process is told to stop.
func (a *app) serveWitness(w *audit.Witness, l net.Listener) error {
	server := newServer(witnessHandler(w, a.log), a.log)
	stopped := make(chan struct{})
	stop := context.AfterFunc(a.ctx, func() {
		a.shutDown(server, stopWithin)
		close(stopped)
	})
	defer stop()
	if err := server.Serve(limited(l)); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-stopped
	return nil
}

// witnessHandler is the witness's addresses.
func witnessHandler(w *audit.Witness, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	serve := func(name string, answer func([]byte, time.Time) ([]byte, int, string)) {
		mux.HandleFunc("POST /"+name, func(rw http.ResponseWriter, r *http.Request) { answerWitness(name, answer, log, rw, r) })
	}
	serve("add-checkpoint", w.AddCheckpoint)
	serve("add-rotation", w.AddRotation)
	return mux
}

func answerWitness(name string, answer func([]byte, time.Time) ([]byte, int, string), log *slog.Logger, rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, audit.MaxWitnessRequest))
	if err != nil {
		http.Error(rw, "the request cannot be read, or is too long", http.StatusBadRequest)
		return
	}
	cosignature, status, text := answer(body, time.Now())
	log.Info(name, "from", r.RemoteAddr, "status", status)
	kind := "text/plain; charset=utf-8"
	if status == http.StatusConflict {
		kind = "text/x.tlog.size"
	}
	rw.Header().Set("Content-Type", kind)
	rw.Header().Set("X-Content-Type-Options", "nosniff")
	rw.WriteHeader(status)
	rw.Write(append(cosignature, text...)) // who went away needs no answer
}
