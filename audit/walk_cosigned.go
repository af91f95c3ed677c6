package audit

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
)

// storedCosignature is a row of what witnesses signed.
type storedCosignature struct {
	size       int64
	name, line string
}

// knowWitnesses reads the keys that are given.
func (w *walk) knowWitnesses() error {
	w.witnesses = map[string][]cosigner{}
	for _, vkey := range w.Witnesses {
		c, err := parseCosigner(vkey)
		if err != nil {
			return err
		}
		w.witnesses[c.name] = append(w.witnesses[c.name], c)
	}
	return nil
}

// meetWitness notes a witness that an entry adds. One that is removed later stays known:
// what it signed stays, too.
func (w *walk) meetWitness(e *Entry) error {
	if policy, _ := e.fact("policy"); e.Action != "policy_changed" || policy != "witness_added" {
		return nil
	}
	vkey, _ := e.fact("vkey")
	c, err := parseCosigner(strings.Clone(vkey))
	if err != nil {
		return fault(FaultSignature, e.Seq, "%v", err)
	}
	if !slices.ContainsFunc(w.witnesses[c.name], func(o cosigner) bool { return o.vkey() == c.vkey() }) {
		w.witnesses[c.name] = append(w.witnesses[c.name], c)
	}
	return nil
}

// checkCosigned checks what is kept of witnesses for a checkpoint; the signatures
// themselves are left to the checker. Who is unknown cannot be checked.
func (w *walk) checkCosigned(h storedHead, text int, before Report) error {
	for w.cosigned.more && w.cosigned.head.size <= h.size {
		c := w.cosigned.head
		if c.size < h.size {
			return w.strayCosignature()
		}
		if keys, known := w.witnesses[c.name]; known {
			key, sig, err := c.open(keys)
			if err != nil {
				return err
			}
			if err := w.checker.add(headJob{h.signed, text, sig, key, before, c.name}); err != nil {
				return err
			}
			w.report.Cosigned++
		}
		if err := w.cosigned.advance(); err != nil {
			return err
		}
	}
	return nil
}

// open takes the line apart and finds the key that it names.
func (c storedCosignature) open(keys []cosigner) (key cosigner, sig []byte, err error) {
	coded, is := strings.CutPrefix(c.line, "— "+c.name+" ")
	coded, ends := strings.CutSuffix(coded, "\n")
	raw, err := base64.StdEncoding.Strict().DecodeString(coded)
	if !is || !ends || err != nil || len(raw) < 4 || base64.StdEncoding.EncodeToString(raw) != coded {
		return key, nil, badCosignature(c.size, c.name, "its line is not one of that witness")
	}
	at := slices.IndexFunc(keys, func(k cosigner) bool { return k.KeyHash() == binary.BigEndian.Uint32(raw) })
	if at < 0 {
		return key, nil, badCosignature(c.size, c.name, "it is by no key that the witness is known by")
	}
	return keys[at], raw[4:], nil
}

func badCosignature(size int64, name, why string) error {
	return fault(FaultSignature, size, "the cosignature of %q for the checkpoint of size %d: %s", name, size, why)
}

// strayCosignature is for one without its checkpoint.
func (w *walk) strayCosignature() error {
	c := w.cosigned.head
	return fault(FaultMissing, c.size, "%q cosigned a checkpoint of size %d, and there is none", c.name, c.size)
}
