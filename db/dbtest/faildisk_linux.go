package dbtest

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// FailSync makes every later fsync of a file that this process has open, named by the
// end of its path, fail with EIO; "" is every file. The kernel does it, by a filter of
// system calls, so what fails is the very call that a failing disk makes fail. There is
// no way back: only a process that a test has started for this asks for it.
func FailSync(name string) error {
	filter := []unix.SockFilter{load(0)} // the number of the call
	fds, err := filesNamed(name)
	if err != nil {
		return err
	}
	if name == "" {
		filter = append(filter, jump(unix.SYS_FSYNC, 1, 0), jump(unix.SYS_FDATASYNC, 0, 1), answer(unix.SECCOMP_RET_ERRNO|uint32(unix.EIO)))
	} else {
		filter = append(filter, jump(unix.SYS_FSYNC, 1, 0), jump(unix.SYS_FDATASYNC, 0, uint8(1+2*len(fds))), load(16)) // the first argument
		for _, fd := range fds {
			filter = append(filter, jump(fd, 0, 1), answer(unix.SECCOMP_RET_ERRNO|uint32(unix.EIO)))
		}
	}
	filter = append(filter, answer(unix.SECCOMP_RET_ALLOW))
	return install(filter)
}

func load(offset uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
}

func jump(equal uint32, yes, no uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: yes, Jf: no, K: equal}
}

func answer(what uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: what}
}

// filesNamed are the descriptors of open files whose paths end so.
func filesNamed(name string) (fds []uint32, err error) {
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil || name == "" {
		return nil, err
	}
	for _, e := range open {
		target, err := os.Readlink("/proc/self/fd/" + e.Name())
		fd, notNumber := strconv.ParseUint(e.Name(), 10, 32)
		if err == nil && notNumber == nil && filepath.Base(target) == name {
			fds = append(fds, uint32(fd))
		}
	}
	if len(fds) == 0 {
		return nil, fmt.Errorf("no file %s is open", name)
	}
	return fds, nil
}

func install(filter []unix.SockFilter) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no new privileges: %w", err)
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if _, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program))); errno != 0 {
		return fmt.Errorf("filter of system calls: %w", errno)
	}
	return nil
}
