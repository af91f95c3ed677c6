package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"reviewdesk/audit"
	"reviewdesk/db"
)

type auditCheckpointCmd struct {
	dataFlag
	anchorFlag
}

// Run prints the newest head that the anchor holds: the signed note as it stands,
// its signature checked. It reads nothing but the anchor and the public key, and so
// works beside a running desk.
func (c auditCheckpointCmd) Run(a *app) error {
	if !hasWorkspace(c.Data) {
		return fmt.Errorf("%s: %w", c.Data, db.ErrNoWorkspace)
	}
	key, err := os.ReadFile(filepath.Join(c.Data, "keys", "audit.pub"))
	if err != nil {
		return fmt.Errorf("public key of the log: %w", err)
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	if err != nil {
		return fmt.Errorf("public key of the log: %w", err)
	}
	signed, err := newestHead(c.file())
	if err != nil {
		return err
	}
	if _, err := audit.OpenCheckpoint(signed, verifier); err != nil {
		return fmt.Errorf("the anchor's newest head: %w", err)
	}
	_, err = a.out.Write(signed)
	return err
}

func (c auditCheckpointCmd) file() string {
	if c.Anchor != "" {
		return c.Anchor
	}
	return filepath.Join(c.Data, "anchor", "anchor.log")
}

// headTail is more than two of the longest lines that an anchor can have.
const headTail = 64 << 10

// newestHead reads the signed note in an anchor's last whole line.
func newestHead(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("anchor: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("anchor: %w", err)
	}
	tail := make([]byte, min(info.Size(), headTail))
	if _, err := f.ReadAt(tail, info.Size()-int64(len(tail))); err != nil {
		return nil, fmt.Errorf("anchor: %w", err)
	}
	whole := bytes.Split(tail[:bytes.LastIndexByte(tail, '\n')+1], []byte("\n"))
	if len(whole) < 2 { // the last piece is the empty one behind the last line end
		return nil, fmt.Errorf("%s holds no head yet", path)
	}
	var line struct{ Checkpoint string }
	if err := json.Unmarshal(whole[len(whole)-2], &line); err != nil {
		return nil, fmt.Errorf("%s: the last line is not an anchor's", path)
	}
	return []byte(line.Checkpoint), nil
}
