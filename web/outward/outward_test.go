package outward

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestOnlyPublicAddressesAreReachedUnlessAllowed(t *testing.T) {
	for _, private := range []string{"127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255",
		"192.0.0.8", "192.88.99.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
		"::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2001:0:7f00:1::", "2002:7f00:1::", "2002:7f00:1::%lo"} {
		if err := onlyPublic(netip.AddrPortFrom(netip.MustParseAddr(private), 443).String()); !errors.Is(err, ErrPrivate) {
			t.Errorf("%s: %v", private, err)
		}
	}
	for _, public := range []string{"1.1.1.1:443", "[2606:4700::1111]:443"} {
		if err := onlyPublic(public); err != nil {
			t.Errorf("%s: %v", public, err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	for _, address := range []string{"http://localhost:" + port, "http://127.0.0.1:" + port, "http://[::ffff:127.0.0.1]:" + port, "http://[::]:" + port} {
		if _, err := Client(time.Second, false).Get(address); Plainly(err) != ErrPrivate {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestNoProxyOfTheEnvironmentIsTaken(t *testing.T) {
	if Client(time.Second, true).Transport.(*http.Transport).Proxy != nil {
		t.Error("a proxy is asked for")
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	var reached atomic.Int32
	mux := http.NewServeMux()
	mux.HandleFunc("/to", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/there", http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/there", func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	server := httptest.NewServer(mux)
	defer server.Close()
	answer, err := Client(time.Second, true).Post(server.URL+"/to", "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusTemporaryRedirect || reached.Load() != 0 {
		t.Errorf("status %d, reached %d times", answer.StatusCode, reached.Load())
	}
}

func TestWhatWentWrongIsToldWithoutTheAddress(t *testing.T) {
	silent := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/reset", func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	})
	mux.HandleFunc("/hangup", func(w http.ResponseWriter, _ *http.Request) {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			conn.Close()
		}
	})
	mux.HandleFunc("/silent", func(http.ResponseWriter, *http.Request) { <-silent })
	server, trusted := httptest.NewServer(mux), httptest.NewUnstartedServer(mux)
	trusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	trusted.StartTLS()
	defer trusted.Close()
	defer server.Close()
	defer close(silent)
	gone := httptest.NewServer(mux)
	gone.Close()
	for address, want := range map[string]string{
		server.URL + "/reset?token=hush":  "it hangs up without an answer",
		server.URL + "/hangup?token=hush": "it hangs up without an answer",
		server.URL + "/silent?token=hush": "it does not answer in time",
		gone.URL + "/?token=hush":         "nobody listens at its address",
		trusted.URL + "/?token=hush":      "its certificate cannot be trusted",
	} {
		patience := 20 * time.Second
		if strings.Contains(address, "silent") {
			patience = 200 * time.Millisecond
		}
		_, err := Client(patience, true).Post(address, "text/plain", strings.NewReader("x"))
		if err == nil || Plainly(err).Error() != want {
			t.Errorf("%s: %v, told as %v", address, err, Plainly(err))
		}
	}
	if err := Plainly(&net.DNSError{Name: "hush.example", IsTimeout: true}); err.Error() != "its name leads nowhere" {
		t.Error(err)
	}
	if err := Plainly(errors.New("hush")); err.Error() != "it cannot be reached" {
		t.Error(err)
	}
}
