package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// certify writes a certificate for this machine with a serial number, and its key.
func certify(t *testing.T, dir string, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := x509.Certificate{SerialNumber: big.NewInt(serial), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	cert, err := x509.CreateCertificate(rand.Reader, &form, &form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"key.pem": {Type: "PRIVATE KEY", Bytes: secret}, "cert.pem": {Type: "CERTIFICATE", Bytes: cert}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// A clock that ticks coarsely must not hide the change.
	stamp := time.Now().Add(time.Duration(serial) * time.Second)
	if err := os.Chtimes(filepath.Join(dir, "cert.pem"), stamp, stamp); err != nil {
		t.Fatal(err)
	}
}

// serialOf shakes hands and tells the serial number of the certificate shown.
func serialOf(t *testing.T, address string) int64 {
	t.Helper()
	c, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

func TestServeSpeaksTLSAndTakesARenewedCertificate(t *testing.T) {
	dir := t.TempDir()
	certify(t, dir, 1)
	data := filepath.Join(dir, "desk")
	if out, err := exec.Command("reviewdesk", "init", "--data", data, "--email", "rosa@desk.example").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command("reviewdesk", "serve", "--data", data, "--addr", "127.0.0.1:0", "--tls-cert", filepath.Join(dir, "cert.pem"), "--tls-key", filepath.Join(dir, "key.pem"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("serve did not end well: %v", err)
		}
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	address, ready := strings.CutPrefix(strings.TrimSpace(line), "listening on https://")
	if err != nil || !ready {
		t.Fatalf("the ready line is %q, %v", line, err)
	}
	if got := serialOf(t, address); got != 1 {
		t.Errorf("the certificate shown is number %d", got)
	}
	certify(t, dir, 2)
	if got := serialOf(t, address); got != 2 {
		t.Errorf("after the renewal the certificate shown is number %d", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "cert.pem"), []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := serialOf(t, address); got != 2 {
		t.Errorf("while the file is broken the certificate shown is number %d", got)
	}
}
