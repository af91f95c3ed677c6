package dbtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Call is a system call that changes what is on a disk, or that tells somebody
// something: it is held until whoever watches has answered.
type Call struct {
	Name   string // create, write, truncate, fsync, rename, link, unlink or mkdir
	Path   string // of the file, absolute; of what is no file a name such as pipe:[7]
	To     string // the new name, of a rename or a link
	Offset int64  // of a write, or the new length of a truncated file
	Data   []byte // of a write
}

// OnDisk reports whether the call touches something in a folder.
func (c Call) OnDisk(dir string) bool {
	return c.Path == dir || strings.HasPrefix(c.Path, dir+"/") || strings.HasPrefix(c.To, dir+"/")
}

// Answer is what becomes of a call.
type Answer int

// GoOn lets the call happen, Kill ends the process before it. Any other answer is the
// error number that the call fails with.
const (
	GoOn Answer = 0
	Kill Answer = -1
)

// Watched is a process each of whose calls is looked at before it happens.
type Watched struct {
	cmd    *exec.Cmd
	done   chan error
	killed bool // owned by supervise
}

// Watch starts a program, any program, and asks look before each call, from the first
// on. The kernel holds the calls by a filter that the program begins with, so that a
// kill, an error or a record hits the very call that a failing machine would hit. Writes
// and fsyncs then happen one after the other, in the order in which look saw them.
func Watch(cmd *exec.Cmd, look func(Call) Answer) (*Watched, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "watch"), os.NewFile(uintptr(pair[1]), "watched")
	defer ours.Close()
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.ExtraFiles = append(cmd.ExtraFiles, theirs)
	cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%d:%s", watchedEnv, 2+len(cmd.ExtraFiles), cmd.Path))
	cmd.Path = self
	err = cmd.Start()
	theirs.Close()
	if err != nil {
		return nil, err
	}
	listener, err := receiveFile(ours)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the watched process did not begin: %w", err), cmd.Process.Kill(), cmd.Wait())
	}
	w := &Watched{cmd: cmd, done: make(chan error, 1)}
	go func() { w.done <- w.supervise(listener, look) }()
	return w, nil
}

// Wait waits for the end of the process and of its watching.
func (w *Watched) Wait() error {
	ended, err := w.cmd.Wait(), <-w.done
	if err != nil {
		return fmt.Errorf("watching: %w", err)
	}
	return ended
}

// The kernel's structures of a held call and its answer (linux/seccomp.h).
type (
	heldCall struct {
		id    uint64
		pid   uint32 // of the thread
		flags uint32
		nr    int32
		arch  uint32
		ip    uint64
		args  [6]uint64
	}
	verdict struct {
		id    uint64
		val   int64
		err   int32
		flags uint32
	}
)

// supervise answers until the last thread of the process is gone.
func (w *Watched) supervise(listener int, look func(Call) Answer) error {
	defer unix.Close(listener)
	pidfd, err := unix.PidfdOpen(w.cmd.Process.Pid, 0)
	if err != nil {
		return err
	}
	defer unix.Close(pidfd)
	for {
		poll := []unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}}
		if _, err := unix.Poll(poll, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return err
		}
		if poll[0].Revents&unix.POLLIN == 0 {
			if poll[0].Revents&unix.POLLHUP != 0 {
				return nil
			}
			continue
		}
		var held heldCall
		if err := ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(&held)); err != nil {
			if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EINTR) {
				continue // a signal took the thread out of the call again
			}
			return err
		}
		answer := w.answer(&held, pidfd, look)
		answer.id = held.id
		if err := ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&answer)); err != nil && !errors.Is(err, unix.ENOENT) {
			return err
		}
	}
}

func (w *Watched) answer(held *heldCall, pidfd int, look func(Call) Answer) verdict {
	goOn := verdict{flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}
	s := seen{pid: int(held.pid), pidfd: pidfd, file: -1, args: held.args}
	defer s.close()
	if w.killed { // other threads may be a call further before they die
		return verdict{err: -int32(unix.EIO)}
	}
	c, is := s.read(held.nr)
	if !is {
		return goOn
	}
	switch a := look(c); {
	case a == Kill:
		w.killed = w.cmd.Process.Kill() == nil
		return verdict{err: -int32(unix.EIO)}
	case a != GoOn:
		return verdict{err: -int32(a)}
	case s.file < 0:
		return goOn
	}
	return s.perform(c, held.nr)
}

func ioctl(fd int, request uintptr, what unsafe.Pointer) error {
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(what)); errno != 0 {
		return errno
	}
	return nil
}

// receiveFile takes the descriptor that a process sends.
func receiveFile(from *os.File) (int, error) {
	space := make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := unix.Recvmsg(int(from.Fd()), make([]byte, 1), space, unix.MSG_CMSG_CLOEXEC)
	if err != nil {
		return -1, err
	}
	messages, err := unix.ParseSocketControlMessage(space[:n])
	if err != nil || len(messages) != 1 {
		return -1, errors.Join(err, errors.New("it sent no descriptor; does this kernel know seccomp's user notification (Linux 5.19)?"))
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil {
		return -1, err
	}
	return fds[0], nil
}

const watchedEnv = "REVIEWDESK_WATCHED"

// With REVIEWDESK_WATCHED set a test binary puts itself under a filter, hands the
// kernel's end of it to whoever watches, and becomes the program named.
func init() {
	how, watched := os.LookupEnv(watchedEnv)
	if !watched {
		return
	}
	os.Unsetenv(watchedEnv)
	number, program, _ := strings.Cut(how, ":")
	socket, err := strconv.Atoi(number)
	if err != nil {
		panic(err)
	}
	listener, err := listen()
	if err != nil {
		fmt.Fprintln(os.Stderr, "watched:", err)
		os.Exit(1)
	}
	if err := unix.Sendmsg(socket, []byte{1}, unix.UnixRights(listener), nil, 0); err != nil {
		panic(err)
	}
	unix.Close(socket)
	panic(syscall.Exec(program, os.Args, os.Environ()))
}
