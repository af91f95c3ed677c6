package review

import (
	"bytes"
	"time"
)

// Opened is what every vocabulary begins with: the object taken apart, our own
// extension taken out of it, and the bytes to keep. Without an extension the
// bytes are those that came in, less the white space around them; so an object
// that the desk has not decided goes out as it came in.
type Opened struct {
	Own       Members // the provider's members
	Kept      []byte  // the provider's object, to keep as [Verification.Object]
	Extension Extension
}

// OpenObject begins to read a provider's object.
func OpenObject(object []byte) (Opened, error) {
	members, err := ReadObject(object)
	if err != nil {
		return Opened{}, err
	}
	in := Opened{Own: members.Without(ExtensionMember), Kept: bytes.Clone(bytes.TrimSpace(object))}
	if members.misspelt(ExtensionMember) {
		return Opened{}, &ObjectError{ExtensionMember, "the name is written with other capitals"}
	}
	raw, there := members.Get(ExtensionMember)
	if !there {
		return in, nil
	}
	in.Kept = in.Own.Bytes()
	in.Extension, err = ParseExtension(raw)
	return in, err
}

// Finish is what every vocabulary ends with: the extension's knowledge added, the
// gravest finding first, and the first attempt where nobody counts.
func (in Opened) Finish(v *Verification) []Picture {
	pictures := in.Extension.Apply(v)
	v.Attempt = max(v.Attempt, 1)
	v.Attempts = max(v.Attempts, v.Attempt)
	Standard.SortFindings(v.Provider, v.Findings)
	return pictures
}

// SettledByDesk reports whether the case's outcome is a decision of this desk, and
// not the provider's own or none yet. Only then does what we write back differ
// from what came in.
func (v *Verification) SettledByDesk() bool { return v.Decision != nil && v.Status.Decided() }

// SettledAt is when the desk's decision took effect: the second person's word
// where one was needed. It is only asked of a case that the desk settled.
func (v *Verification) SettledAt() time.Time {
	if v.Confirm != nil {
		return v.Confirm.At
	}
	return v.Decision.At
}
