package audit

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// changeKey follows a rotation: the checkpoint that covers it is signed by the new
// key. The first entry may name the key that the log began with; it counts no more
// than the rotations that lead from it to a pinned key.
func (w *walk) changeKey(e *Entry) error {
	if e.Seq == 1 {
		for _, f := range e.Facts {
			if f.Name == factFirstKey {
				w.first = strings.Clone(f.Value)
			}
		}
	}
	if e.Action != ActionKeyRotated {
		return nil
	}
	if w.keys.Origin() == "" { // no checkpoint yet
		oldKey, _, err := CheckRotation(*e, w.Keys.Origin())
		if err == nil {
			w.keys, err = NewKeys(oldKey)
		}
		if err != nil {
			return fault(FaultSignature, e.Seq, "%v", err)
		}
	}
	keys, err := w.keys.Follow(*e)
	if err != nil {
		return fault(FaultSignature, e.Seq, "%v", err)
	}
	w.keys = keys
	w.report.Rotations++
	return nil
}

// chooseFirstKey settles which key the first checkpoint has to be signed by: of the
// pinned keys and the one that the first entry names, the one whose hash it bears.
func (w *walk) chooseFirstKey(signed []byte) {
	candidates := w.Keys.list
	if k, err := parseKey(w.first); err == nil && k.Name() == w.Keys.Origin() {
		candidates = append(candidates[:len(candidates):len(candidates)], k)
	}
	w.keys = Keys{candidates[:1:1]}
	line := signed[bytes.LastIndexByte(signed, ' ')+1:]
	raw, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(line)))
	if err != nil || len(raw) < 4 {
		return
	}
	for i, k := range candidates {
		if k.KeyHash() == binary.BigEndian.Uint32(raw) {
			w.keys = Keys{candidates[i : i+1 : i+1]}
			return
		}
	}
}

// trusted are the keys in use so far and the pinned ones.
func (w *walk) trusted() Keys {
	all := w.keys
	for _, k := range w.Keys.list {
		if more, err := all.with(k); err == nil {
			all = more
		}
	}
	return all
}

// checkHeads checks the checkpoint and the anchored heads of the present size.
func (w *walk) checkHeads() error {
	size := w.tree.Size()
	due := w.heads.more && w.heads.head.size <= size || w.anchored.more && w.anchored.head.Size <= size
	if !due {
		return nil
	}
	root, err := w.tree.Root()
	if err != nil {
		return err
	}
	var signed []byte
	for w.heads.more && w.heads.head.size <= size {
		if w.heads.head.size < size || signed != nil {
			return fault(FaultReordered, 0, "the checkpoint of size %d comes after one of its size or more", w.heads.head.size)
		}
		signed = w.heads.head.signed
		if err := w.checkHead(w.heads.head, root); err != nil {
			return err
		}
		if err := w.heads.advance(); err != nil {
			return err
		}
	}
	return w.checkAnchored(size, root, signed)
}

// checkHead checks a checkpoint. What takes long, the signature, is left to the
// checker where all else is as it must be.
func (w *walk) checkHead(h storedHead, root tlog.Hash) error {
	if w.keys.Origin() == "" {
		w.chooseFirstKey(h.signed)
	}
	want := Checkpoint{w.Keys.Origin(), h.size, root}
	before := w.report
	before.Entries, before.Root = h.size, root
	sig, err := w.plainSignature(h.signed, want.Text())
	if err == nil {
		err = w.checker.add(headJob{h.signed, len(want.Text()), sig, w.keys.last(), before, ""})
	} else {
		err = w.checkOddHead(h, want)
	}
	if err == nil {
		err = w.checkCosigned(h, len(want.Text()), before)
	}
	w.covered = h.size
	w.report.Checkpoints++
	return err
}

// plainSignature returns the signature of a note that has this text and is written
// just as the log writes it.
func (w *walk) plainSignature(signed []byte, text string) ([]byte, error) {
	rest, isText := bytes.CutPrefix(signed, []byte(text))
	rest, isKey := bytes.CutPrefix(rest, []byte("\n— "+w.Keys.Origin()+" "))
	coded, isEnd := bytes.CutSuffix(rest, []byte("\n"))
	if !isText || !isKey || !isEnd || bytes.IndexByte(coded, '\n') >= 0 {
		return nil, errOtherwise
	}
	raw := make([]byte, base64.StdEncoding.DecodedLen(len(coded)))
	n, err := base64.StdEncoding.Strict().Decode(raw, coded)
	if err != nil || n < 4 || binary.BigEndian.Uint32(raw) != w.keys.last().KeyHash() {
		return nil, errOtherwise
	}
	return raw[4:n], nil
}

var errOtherwise = errors.New("not as the log writes it")

// checkOddHead says what is wrong with a checkpoint that is not as it must be.
func (w *walk) checkOddHead(h storedHead, want Checkpoint) error {
	c, err := openStored(h.signed, note.VerifierList(w.keys.last()))
	switch {
	case err != nil:
		return fault(faultOf(err), h.size, "the checkpoint of size %d: %v", h.size, err)
	case c.Origin != want.Origin:
		return fault(FaultSignature, h.size, "the checkpoint of size %d is of the log %q", h.size, c.Origin)
	case c.Size != h.size:
		return fault(FaultReordered, h.size, "the checkpoint in the place of size %d is of size %d", h.size, c.Size)
	}
	return fault(FaultChanged, w.covered+1, "the entries from here to %d do not give the root signed for %d", h.size, h.size)
}

// checkAnchored compares the anchored heads of the present size with the checkpoint;
// signed is none if there is none. There may be several: an append that failed at the
// last moment is done again. A line that holds the very checkpoint needs no second look
// at its signature.
func (w *walk) checkAnchored(size int64, root tlog.Hash, signed []byte) error {
	for w.anchored.more && w.anchored.head.Size <= size {
		a := w.anchored.head
		if !bytes.Equal(a.signed, signed) {
			if err := w.openAnchored(a); err != nil {
				return err
			}
		}
		switch {
		case a.Size < size:
			return fault(FaultReordered, 0, "the anchored head of size %d comes after a larger one", a.Size)
		case a.Root != root:
			return fault(FaultChanged, size, "the entries up to here do not give the root anchored for them")
		case signed == nil:
			return fault(FaultMissing, size, "the anchor has a head of size %d, the database no checkpoint", size)
		}
		w.report.Anchored++
		if err := w.anchored.advance(); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) openAnchored(a anchoredHead) error {
	c, err := openStored(a.signed, w.trusted())
	if err != nil {
		return fault(faultOf(err), 0, "the anchored head of size %d: %v", a.Size, err)
	}
	if c.Origin != w.Keys.Origin() {
		return fault(FaultSignature, 0, "the anchored head of size %d is of the log %q", c.Size, c.Origin)
	}
	return nil
}

// finish checks that nothing is left over and nothing uncovered once the last entry
// is read. A checkpoint of ours that is ahead proves more than an anchored one, so it
// comes first: in a mere older copy of the database the two go back together.
func (w *walk) finish() error {
	size := w.tree.Size()
	switch {
	case w.heads.more:
		return fault(FaultCutOff, size+1, "there is a checkpoint of size %d, and only %s", w.heads.head.size, count(size, "entry"))
	case w.hashes.more:
		return fault(FaultCutOff, size+1, "the stored hashes go on after the last entry")
	case w.openings.more:
		return fault(FaultCutOff, size+1, "there is a key for entry %d, and only %s", w.openings.head.seq, count(size, "entry"))
	case w.anchored.more:
		return w.behind(w.anchored.head)
	case w.cosigned.more:
		return w.strayCosignature()
	case w.report.Checkpoints == 0:
		return fault(FaultMissing, 0, "there is no signed checkpoint, so nothing is proven")
	case w.covered < size:
		return fault(FaultInserted, w.covered+1, "no signed checkpoint covers the entries from here to %d", size)
	case !w.keys.holds(w.Keys):
		return fault(FaultSignature, 0, "the log's keys do not lead to the one that is trusted")
	case w.outbox.more:
		return fault(FaultCase, 0, "the outbox tells of entry %d, and there are only %s", w.outbox.head.seq, count(size, "entry"))
	}
	return nil
}

// behind is for an anchored head that is ahead of the database.
func (w *walk) behind(a anchoredHead) error {
	if err := w.openAnchored(a); err != nil {
		return err
	}
	return fault(FaultRolledBack, w.tree.Size()+1, "the anchor has a head of %s, the database has %s",
		count(a.Size, "entry"), thousands(w.tree.Size()))
}
