package main

import (
	"fmt"
	"os"
	"path/filepath"

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
	keys, err := audit.NewKeys(string(key))
	if err != nil {
		return fmt.Errorf("public key of the log: %w", err)
	}
	_, signed, known, err := keys.LastAnchored(c.file())
	if err != nil {
		return fmt.Errorf("the anchor's newest head: %w", err)
	}
	if !known {
		return fmt.Errorf("%s holds no head yet", c.file())
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
