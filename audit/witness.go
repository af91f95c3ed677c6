package audit

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// The statuses of add-checkpoint. They are those of HTTP, which is not in this house's
// room: the command that serves a witness passes them on.
const (
	statusCosigned   = 200
	statusMalformed  = 400
	statusUnsigned   = 403 // by no key known for the log
	statusUnknown    = 404 // a log not known
	statusConflict   = 409 // the witness holds another size, or another root
	statusUnprovable = 422
	statusBroken     = 500 // the witness's own disk fails
)

// Witness cosigns checkpoints of the logs it knows, each only once it has seen the
// proof that the log still begins with what it cosigned before (C2SP tlog-witness).
// Where each log stands is kept in a file: the newest checkpoint with the witness's own
// cosignature. It follows a log from key to key ([Witness.AddRotation]). It is safe for many goroutines, but a folder is for one process.
type Witness struct {
	mu      sync.Mutex // one request is answered at a time
	dir     string
	key     cosigner
	private ed25519.PrivateKey
	logs    map[string]Keys // by origin
}

// OpenWitness opens a witness: dir is the folder of its states (made if it is
// missing), skey its secret key ([NewWitnessKey]), logs the public keys of the logs it
// cosigns for; several of one origin are the log's keys before and after a rotation.
func OpenWitness(dir, skey string, logs []string) (*Witness, error) {
	w := &Witness{dir: dir, logs: map[string]Keys{}}
	var err error
	if w.key, w.private, err = parseWitnessKey(skey); err != nil {
		return nil, fmt.Errorf("open witness: %w", err)
	}
	for _, v := range logs {
		k, err := parseKey(v)
		if err != nil {
			return nil, fmt.Errorf("open witness: %w", err)
		}
		if w.logs[k.Name()], err = w.logs[k.Name()].with(k); err != nil {
			return nil, fmt.Errorf("open witness: %w", err)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open witness: %w", err)
	}
	for origin := range w.logs {
		if err := w.recallKeys(origin); err != nil {
			return nil, fmt.Errorf("open witness: %w", err)
		}
		if _, err := w.held(origin); err != nil {
			return nil, fmt.Errorf("open witness: %w", err)
		}
	}
	return w, nil
}

// VKey is the witness's public key, for [VerifyCosignatures].
func (w *Witness) VKey() string { return w.key.vkey() }

// AddCheckpoint answers the body of an add-checkpoint request at the time now: with
// 200 and the cosignature, once the new head is on the disk; or with another status
// and a text that says why, for the answer's body. With 409 the text is the size that
// the witness holds, and a newline, to be sent as text/x.tlog.size.
func (w *Witness) AddCheckpoint(body []byte, now time.Time) (cosignature []byte, status int, text string) {
	r, err := ParseWitnessRequest(body)
	if err != nil {
		return nil, statusMalformed, err.Error()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	origin, _, _ := strings.Cut(string(r.Checkpoint), "\n")
	keys, known := w.logs[origin]
	if !known {
		return nil, statusUnknown, "this witness does not know that log"
	}
	c, err := keys.Open(r.Checkpoint)
	switch {
	case errors.Is(err, ErrSignature):
		return nil, statusUnsigned, "no key of that log known here signed the checkpoint"
	case err != nil:
		return nil, statusMalformed, err.Error()
	case r.Old > c.Size:
		return nil, statusMalformed, "the old size is larger than the checkpoint's"
	}
	return w.goOn(r, c, now, func() error { return nil })
}

// goOn compares with the head held, keeps the new one and cosigns it, all in one go. First
// it does what else must be kept with it.
func (w *Witness) goOn(r WitnessRequest, c Checkpoint, now time.Time, first func() error) (cosignature []byte, status int, text string) {
	held, err := w.held(c.Origin)
	if err != nil {
		return nil, statusBroken, "the witness cannot read what it holds"
	}
	conflict := fmt.Sprintf("%d\n", held.Size)
	switch {
	case r.Old != held.Size, c.Size == held.Size && c.Root != held.Root:
		return nil, statusConflict, conflict
	case CheckConsistency(r.Proof, held.Size, held.Root, c.Size, c.Root) != nil:
		return nil, statusUnprovable, "the proof does not show that the log goes on from what this witness cosigned"
	}
	line, err := cosign(c.Text(), w.key, w.private, now)
	if err == nil {
		err = first()
	}
	if err == nil {
		err = w.keep(c, line)
	}
	if err != nil {
		return nil, statusBroken, "the witness cannot keep the checkpoint"
	}
	return line, statusCosigned, ""
}

// file is where a log's state is kept. An origin can hold anything; its digest cannot.
func (w *Witness) file(origin string) string {
	sum := sha256.Sum256([]byte(origin))
	return filepath.Join(w.dir, hex.EncodeToString(sum[:16])+".checkpoint")
}

// held is the newest checkpoint cosigned for a log; that of the empty log if there is
// none. A file that is not as keep wrote it is an error, never an empty log.
func (w *Witness) held(origin string) (Checkpoint, error) {
	b, err := os.ReadFile(w.file(origin))
	if errors.Is(err, fs.ErrNotExist) {
		root, err := tlog.TreeHash(0, nil)
		return Checkpoint{origin, 0, root}, err
	}
	if err != nil {
		return Checkpoint{}, err
	}
	c, _, err := openNote(b, note.VerifierList(w.key))
	if err == nil && c.Origin != origin {
		err = fmt.Errorf("it is of the log %q", c.Origin)
	}
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%s: %w", w.file(origin), err)
	}
	return c, nil
}

// keep writes the new head beside the old one, brings it to the disk and puts it in
// the old one's place.
func (w *Witness) keep(c Checkpoint, line []byte) error {
	path := w.file(c.Origin)
	if err := writeSynced(path+".new", append([]byte(c.Text()+"\n"), line...)); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	return syncFolder(w.dir)
}

func writeSynced(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}
