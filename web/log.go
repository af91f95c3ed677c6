package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// identify gives the request its id and its visit, and writes one line about it at
// the end. The line holds the route's pattern and never the path, which may hold
// an id or a one-time secret; no name, no address, nothing typed.
func (s *Server) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		v := &visit{id: newRequestID(), address: s.clientAddress(r), route: s.routeOf(r)}
		sent := &answer{ResponseWriter: w}
		w.Header().Set("X-Request-Id", v.id)
		defer func() {
			broken := recover()
			took := time.Since(began)
			s.meter.note(v.route, sent.status, took)
			s.opts.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
				slog.String("request", v.id), slog.String("method", methodForLog(r.Method)), slog.String("route", v.route),
				slog.Int("status", sent.status), slog.Int64("bytes", sent.bytes), slog.Duration("took", took),
				slog.Bool("broken_off", broken != nil))
			if broken != nil && broken != http.ErrAbortHandler {
				s.opts.Log.Error("panic outside of every handler", "request", v.id, "what", panicForLog(broken))
			}
			if broken != nil {
				panic(http.ErrAbortHandler) // net/http closes the connection and says nothing more
			}
		}()
		next.ServeHTTP(sent, r.WithContext(context.WithValue(r.Context(), visitKey{}, v)))
	})
}

// newRequestID makes a short reference that reads well over the telephone. Nobody
// hands one in: it must not be possible to put words into the log.
func newRequestID() string { return strings.ToLower(rand.Text()[:13]) }

func methodForLog(m string) string {
	if slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, m) {
		return m
	}
	return "other"
}

// answer counts what is sent. It hides nothing: http.ResponseController reaches
// the connection through Unwrap.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// recovered is the last resort: a panic becomes a plain error with a reference. If
// an answer has begun, the connection is broken off instead, so that nobody takes
// half an answer for whole.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.opts.Log.Error("panic", "request", visitOf(r.Context()).id, "what", panicForLog(p), "stack", string(debug.Stack()))
			if sent, ok := w.(*answer); !ok || sent.status != 0 {
				panic(http.ErrAbortHandler)
			}
			s.fail(w, r, errPanic)
		}()
		next.ServeHTTP(w, r)
	})
}

// panicForLog tells the runtime's own panics and of others only their type: their
// text may hold what somebody typed.
func panicForLog(p any) any {
	if err, ok := p.(runtime.Error); ok {
		return err.Error()
	}
	return slog.GroupValue(slog.String("type", fmt.Sprintf("%T", p)))
}

// clientAddress is the peer's address, or the one that a trusted proxy saw. A
// stranger's X-Forwarded-For counts for nothing. Who comes through the desk's socket is
// a proxy: the file's mode says who may.
func (s *Server) clientAddress(r *http.Request) string {
	var addr netip.Addr
	believed := overSocket(r)
	if !believed {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil {
			return ""
		}
		addr = peer.Addr().Unmap().WithZone("")
		believed = s.trusts(addr)
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && believed; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap().WithZone("")
		believed = s.trusts(addr)
	}
	if !addr.IsValid() {
		return ""
	}
	return addr.String()
}

// overSocket reports whether a request came through a Unix socket.
func overSocket(r *http.Request) bool {
	here, known := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return known && here.Network() == "unix"
}

func (s *Server) trusts(addr netip.Addr) bool {
	return slices.ContainsFunc(s.opts.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(addr) })
}
