package web

import (
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
)

// The time-outs and limits of the server. A slow client is hung up on; an export
// renews its own write time-out while its reader keeps reading (export.go).
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	writeTimeout      = 30 * time.Second
	idleTimeout       = 60 * time.Second
	mostHeaderBytes   = 32 << 10
	mostConnections   = 4096
)

// NewHTTPServer makes a server with the desk's time-outs and limits.
func NewHTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:                      h,
		ReadHeaderTimeout:            readHeaderTimeout,
		ReadTimeout:                  readTimeout,
		WriteTimeout:                 writeTimeout,
		IdleTimeout:                  idleTimeout,
		MaxHeaderBytes:               mostHeaderBytes,
		DisableGeneralOptionsHandler: true, // "OPTIONS *" is no route
		ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// LimitConnections bounds how many connections are open at once; the next one waits.
func LimitConnections(l net.Listener) net.Listener { return netutil.LimitListener(l, mostConnections) }
