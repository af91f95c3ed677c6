package db_test

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reviewdesk/db/dbtest"
)

// disk is what a recording of calls leaves on a disk whose power is cut. What a file
// holds is there for sure once it was synced, and its name once its folder was. Of what
// came later, each write is there, lost, or torn at sectors of 512 bytes, in any mixture;
// of the changes of a folder's names a first few are there.
type disk struct {
	files map[string]*onDisk // by the names of now, as the process saw them
	names map[string]*onDisk // by the names that are on the disk for sure
	moves []renaming         // changes of names whose folders were not synced since
}

// onDisk is one file, whatever its names.
type onDisk struct {
	folder bool
	sure   []byte
	later  []dbtest.Call // writes and truncations since the last sync
}

const sector = 512

// diskOf is a folder as it lies there, all of it synced.
func diskOf(t *testing.T, dir string) *disk {
	t.Helper()
	k := &disk{files: map[string]*onDisk{}, names: map[string]*onDisk{}}
	ok(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		f := &onDisk{folder: e.IsDir()}
		if !f.folder {
			f.sure, err = os.ReadFile(path)
		}
		k.files[path], k.names[path] = f, f
		return err
	}))
	return k
}

// again is the same disk, to begin anew from. Nothing may have happened to it yet.
func (k *disk) again() *disk {
	c := &disk{files: map[string]*onDisk{}, names: map[string]*onDisk{}}
	for name, f := range k.files {
		f := &onDisk{folder: f.folder, sure: slices.Clone(f.sure)}
		c.files[name], c.names[name] = f, f
	}
	return c
}

// renaming is a change of names, and the file that it is about.
type renaming struct {
	dbtest.Call
	file *onDisk
}

// happen takes in one call of the process.
func (k *disk) happen(c dbtest.Call) {
	switch c.Name {
	case "write", "truncate":
		if f := k.files[c.Path]; f != nil {
			f.later = append(f.later, c)
		}
	case "fsync":
		k.sync(c.Path)
	default:
		m := renaming{c, k.files[c.Path]}
		if c.Name == "create" || c.Name == "mkdir" {
			m.file = &onDisk{folder: c.Name == "mkdir"}
		}
		m.in(k.files)
		k.moves = append(k.moves, m)
	}
}

// in carries the change out.
func (m renaming) in(names map[string]*onDisk) {
	switch m.Name {
	case "create", "mkdir":
		names[m.Path] = m.file
	case "link":
		names[m.To] = m.file
	case "unlink":
		delete(names, m.Path)
	case "rename":
		for name, f := range names { // a folder takes what is in it along
			if rest, is := strings.CutPrefix(name, m.Path+"/"); is {
				names[m.To+"/"+rest] = f
				delete(names, name)
			}
		}
		delete(names, m.Path)
		names[m.To] = m.file
	}
}

// sync brings a file's bytes to the disk, or a folder's names.
func (k *disk) sync(path string) {
	f := k.files[path]
	if f == nil {
		return
	}
	for _, c := range f.later {
		f.sure = changed(f.sure, c, nil)
	}
	f.later = nil
	if f.folder {
		k.settle(func(m renaming) bool { return filepath.Dir(m.Path) == path || filepath.Dir(m.To) == path })
	}
}

// settle brings those changes of names to the disk that are chosen.
func (k *disk) settle(chosen func(renaming) bool) {
	var open []renaming
	for _, m := range k.moves {
		if chosen(m) {
			m.in(k.names)
		} else {
			open = append(open, m)
		}
	}
	k.moves = open
}

// changed applies a write or a truncation; of a write only the sectors that are kept, or
// all where keep is nil.
func changed(b []byte, c dbtest.Call, keep func() bool) []byte {
	if c.Name == "truncate" {
		return append(b[:min(int64(len(b)), c.Offset)], make([]byte, max(0, c.Offset-int64(len(b))))...)
	}
	for at := 0; at < len(c.Data); {
		place := int(c.Offset) + at
		n := min(len(c.Data)-at, sector-place%sector)
		if keep == nil || keep() {
			if more := place + n - len(b); more > 0 {
				b = append(b, make([]byte, more)...)
			}
			copy(b[place:], c.Data[at:at+n])
		}
		at += n
	}
	return b
}

// cut is the folder as a power cut leaves it, written to another.
func (k *disk) cut(t *testing.T, random *rand.Rand, from, to string) {
	t.Helper()
	there := random.IntN(len(k.moves) + 1)
	k.settle(func(renaming) bool { there--; return there >= 0 })
	ok(t, os.MkdirAll(to, 0o700))
	for name, f := range k.names {
		if f.folder && k.reachable(from, name) {
			ok(t, os.MkdirAll(to+strings.TrimPrefix(name, from), 0o700))
		}
	}
	for name, f := range k.names {
		if !f.folder && k.reachable(from, name) && !strings.HasSuffix(name, "-shm") { // that is no more than memory
			ok(t, os.WriteFile(to+strings.TrimPrefix(name, from), f.afterCut(random), 0o600))
		}
	}
}

// reachable reports whether all folders above a name are on the disk, too.
func (k *disk) reachable(from, name string) bool {
	for dir := filepath.Dir(name); strings.HasPrefix(dir, from+"/"); dir = filepath.Dir(dir) {
		if f := k.names[dir]; f == nil || !f.folder {
			return false
		}
	}
	return true
}

// afterCut is what a file holds.
func (f *onDisk) afterCut(random *rand.Rand) []byte {
	b := append([]byte(nil), f.sure...)
	mood := random.IntN(4) // a cut may also take all that is not synced, or nothing
	for _, c := range f.later {
		switch {
		case mood == 0 || mood > 1 && random.IntN(3) == 0: // lost; a longer file may be there all the same
			if c.Name == "write" && random.IntN(4) == 0 {
				b = append(b, make([]byte, max(0, int(c.Offset)+len(c.Data)-len(b)))...)
			}
		case mood == 1 || random.IntN(2) == 0:
			b = changed(b, c, nil)
		default:
			b = changed(b, c, func() bool { return random.IntN(2) == 0 })
		}
	}
	return b
}
