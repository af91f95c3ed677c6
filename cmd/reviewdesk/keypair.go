package main

import (
	"crypto/tls"
	"os"
	"sync"
	"time"
)

// keyPair is a certificate and its key in files that somebody else renews. While
// the new files do not fit each other the old pair serves on.
type keyPair struct {
	cert, key string

	mu      sync.Mutex
	loaded  *tls.Certificate
	changed time.Time // of the certificate file when it was loaded
}

// current is the pair as the files hold it now.
func (k *keyPair) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	info, err := os.Stat(k.cert)
	if err == nil && k.loaded != nil && info.ModTime().Equal(k.changed) {
		return k.loaded, nil
	}
	var pair tls.Certificate
	if err == nil {
		pair, err = tls.LoadX509KeyPair(k.cert, k.key)
	}
	if err == nil {
		k.loaded, k.changed = &pair, info.ModTime()
	}
	if k.loaded != nil {
		return k.loaded, nil
	}
	return nil, err
}
