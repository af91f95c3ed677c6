package dbtest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// held are the calls that are held whatever their arguments, and their names.
var held = map[uint32]string{
	unix.SYS_WRITE: "write", unix.SYS_PWRITE64: "write", unix.SYS_FTRUNCATE: "truncate", unix.SYS_FSYNC: "fsync", unix.SYS_FDATASYNC: "fsync",
	unix.SYS_RENAME: "rename", unix.SYS_RENAMEAT: "rename", unix.SYS_RENAMEAT2: "rename", unix.SYS_LINK: "link", unix.SYS_LINKAT: "link",
	unix.SYS_UNLINK: "unlink", unix.SYS_UNLINKAT: "unlink", unix.SYS_RMDIR: "unlink", unix.SYS_MKDIR: "mkdir", unix.SYS_MKDIRAT: "mkdir",
}

// opening are those held if their flags say that a file may be made or emptied, and
// which argument holds the flags.
var opening = map[uint32]uint32{unix.SYS_OPEN: 1, unix.SYS_OPENAT: 2}

// unforeseen are calls that would write past the watching. Nothing here uses them; a
// process that does is killed, so that nobody believes in a record with holes.
var unforeseen = []uint32{unix.SYS_WRITEV, unix.SYS_PWRITEV, unix.SYS_PWRITEV2, unix.SYS_TRUNCATE, unix.SYS_FALLOCATE, unix.SYS_CREAT,
	unix.SYS_COPY_FILE_RANGE, unix.SYS_SYNC_FILE_RANGE, unix.SYS_OPENAT2}

// listen puts this thread under the filter and returns the kernel's end of it. What the
// thread becomes by exec stays under it.
func listen() (int, error) {
	runtime.LockOSThread()
	filter := []unix.SockFilter{load(0)}
	for nr := range held {
		filter = append(filter, jump(nr, 0, 1), answer(unix.SECCOMP_RET_USER_NOTIF))
	}
	for nr, arg := range opening {
		filter = append(filter, jump(nr, 0, 4), load(16+8*arg),
			unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, Jt: 0, Jf: 1, K: unix.O_CREAT | unix.O_TRUNC},
			answer(unix.SECCOMP_RET_USER_NOTIF), answer(unix.SECCOMP_RET_ALLOW))
	}
	for _, nr := range unforeseen {
		filter = append(filter, jump(nr, 0, 1), answer(unix.SECCOMP_RET_KILL_PROCESS))
	}
	filter = append(filter, answer(unix.SECCOMP_RET_ALLOW))
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return -1, fmt.Errorf("no new privileges: %w", err)
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	fd, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER,
		unix.SECCOMP_FILTER_FLAG_NEW_LISTENER|unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		return -1, fmt.Errorf("filter of system calls: %w", errno)
	}
	return int(fd), nil
}

// ownFolder stands for the process's own folder where a call names none.
const ownFolder = 0

// seen is a held call while it is looked at.
type seen struct {
	pid, pidfd int
	args       [6]uint64
	file       int // our own descriptor of the file that the call names; -1 without
}

func (s *seen) close() {
	if s.file >= 0 {
		unix.Close(s.file)
	}
}

// read makes out what a call is about. Those that change nothing are none.
func (s *seen) read(nr int32) (c Call, is bool) {
	c.Name = held[uint32(nr)]
	switch nr {
	case unix.SYS_WRITE, unix.SYS_PWRITE64, unix.SYS_FTRUNCATE, unix.SYS_FSYNC, unix.SYS_FDATASYNC:
		return s.readFile(c, nr)
	case unix.SYS_OPEN:
		return s.readOpening(s.path(ownFolder, s.args[0]), s.args[1])
	case unix.SYS_OPENAT:
		return s.readOpening(s.path(s.args[0], s.args[1]), s.args[2])
	case unix.SYS_RENAME, unix.SYS_LINK:
		c.Path, c.To = s.path(ownFolder, s.args[0]), s.path(ownFolder, s.args[1])
	case unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_LINKAT:
		c.Path, c.To = s.path(s.args[0], s.args[1]), s.path(s.args[2], s.args[3])
	case unix.SYS_UNLINKAT, unix.SYS_MKDIRAT:
		c.Path = s.path(s.args[0], s.args[1])
	default:
		c.Path = s.path(ownFolder, s.args[0])
	}
	if _, err := os.Lstat(c.Path); c.Name == "mkdir" {
		return c, os.IsNotExist(err)
	} else {
		return c, err == nil
	}
}

// readOpening is a call only where it makes a file, or empties one.
func (s *seen) readOpening(path string, flags uint64) (c Call, is bool) {
	info, err := os.Lstat(path)
	switch {
	case os.IsNotExist(err) && flags&unix.O_CREAT != 0:
		return Call{Name: "create", Path: path}, true
	case err == nil && info.Mode().IsRegular() && flags&unix.O_TRUNC != 0:
		return Call{Name: "truncate", Path: path}, true
	}
	return c, false
}

// readFile is about an open file. What is no file and no folder is only told.
func (s *seen) readFile(c Call, nr int32) (Call, bool) {
	path, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", s.pid, int32(s.args[0])))
	if err != nil {
		return c, false
	}
	c.Path = path
	if c.Name == "write" {
		c.Data = s.memory(s.args[1], int(s.args[2]))
	}
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "/dev/") {
		return c, c.Name == "write"
	}
	if s.file, err = unix.PidfdGetfd(s.pidfd, int(int32(s.args[0])), 0); errors.Is(err, unix.ESRCH) {
		return c, false // it has ended meanwhile
	} else if err != nil {
		panic(fmt.Sprintf("watching needs the files of the watched process: %v", err))
	}
	switch nr {
	case unix.SYS_PWRITE64:
		c.Offset = int64(s.args[3])
	case unix.SYS_FTRUNCATE:
		c.Offset = int64(s.args[1])
	case unix.SYS_WRITE:
		c.Offset = s.position()
	}
	return c, true
}

// position is where a write goes that does not say it: on, or to the end.
func (s *seen) position() int64 {
	whence := unix.SEEK_CUR
	if flags, err := unix.FcntlInt(uintptr(s.file), unix.F_GETFL, 0); err == nil && flags&unix.O_APPEND != 0 {
		whence = unix.SEEK_END
	}
	at, _ := unix.Seek(s.file, 0, whence)
	return at
}

// perform does what the process wanted done, so that calls happen in the order seen.
func (s *seen) perform(c Call, nr int32) verdict {
	var n int
	var err error
	switch nr {
	case unix.SYS_WRITE:
		n, err = unix.Write(s.file, c.Data)
	case unix.SYS_PWRITE64:
		n, err = unix.Pwrite(s.file, c.Data, c.Offset)
	case unix.SYS_FTRUNCATE:
		err = unix.Ftruncate(s.file, c.Offset)
	case unix.SYS_FSYNC, unix.SYS_FDATASYNC:
		// The page cache outlives the process: for a kill, and for a record, it is enough.
	}
	var errno unix.Errno
	if errors.As(err, &errno) {
		return verdict{err: -int32(errno)}
	}
	return verdict{val: int64(n)}
}

// path reads a path from the process, relative to the folder given or to its own.
func (s *seen) path(dir, at uint64) string {
	text := s.memory(at, 4096)
	if end := bytes.IndexByte(text, 0); end >= 0 {
		text = text[:end]
	}
	path := string(text)
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	from := fmt.Sprintf("/proc/%d/cwd", s.pid)
	if fd := int32(dir); fd > 0 {
		from = fmt.Sprintf("/proc/%d/fd/%d", s.pid, fd)
	}
	base, err := os.Readlink(from)
	if err != nil {
		return path
	}
	return filepath.Join(base, path)
}

// memory reads from the process, as far as there is anything.
func (s *seen) memory(at uint64, n int) []byte {
	out := make([]byte, 0, n)
	for len(out) < n { // page by page: behind the last there may be nothing
		step := min(n-len(out), int(4096-(at+uint64(len(out)))%4096))
		part := out[len(out) : len(out)+step]
		local := []unix.Iovec{{Base: &part[0], Len: uint64(step)}}
		remote := []unix.RemoteIovec{{Base: uintptr(at) + uintptr(len(out)), Len: step}}
		if _, err := unix.ProcessVMReadv(s.pid, local, remote, 0); err != nil {
			break
		}
		out = out[:len(out)+step]
	}
	return out
}
