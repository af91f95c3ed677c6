// Package outward is how the desk calls other people's machines: the witnesses of its
// log, and the platforms that it tells of its decisions.
//
// An address in the settings must not become a way into the desk's own network. So
// the address that a name has led to is looked at when the connection is made, and
// not before, when the name could still lead somewhere else afterwards; no redirect
// is followed, and no proxy of the environment taken, which would look at nothing.
//
// What went wrong is told in words that hold nothing of the address, which may have
// a token in it, and nothing that changes from one try to the next.
package outward

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// ErrPrivate says that an address is not one of the public network.
var ErrPrivate = errors.New("its address is a private one")

// Client makes a client that waits so long for a whole answer, body included. Unless
// private ones are allowed, it reaches public addresses only.
func Client(patience time.Duration, allowPrivate bool) *http.Client {
	dialer := &net.Dialer{Timeout: patience / 2}
	if !allowPrivate {
		dialer.Control = func(_, address string, _ syscall.RawConn) error { return onlyPublic(address) }
	}
	return &http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: patience / 2, DisableCompression: true,
			MaxResponseHeaderBytes: 16 << 10, MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute},
	}
}

// notPublic are ranges beside those that net/netip knows by name. Those of IPv6 at
// the end carry an address of IPv4 inside, which may be any.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("fec0::/10"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("::ffff:0:0:0/96"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("2002::/16"),
}

func onlyPublic(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := at.Addr().Unmap().WithZone("") // no prefix contains an address with a zone
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return ErrPrivate
	}
	for _, p := range notPublic {
		if p.Contains(ip) {
			return ErrPrivate
		}
	}
	return nil
}

// Plainly says why a machine gave no answer.
func Plainly(err error) error {
	var timeout net.Error
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, ErrPrivate):
		return ErrPrivate
	case errors.Is(err, syscall.ECONNREFUSED):
		return errors.New("nobody listens at its address")
	case errors.As(err, &dns):
		return errors.New("its name leads nowhere")
	case errors.As(err, &certificate):
		return errors.New("its certificate cannot be trusted")
	case errors.As(err, &timeout) && timeout.Timeout():
		return errors.New("it does not answer in time")
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it hangs up without an answer")
	}
	return errors.New("it cannot be reached")
}
